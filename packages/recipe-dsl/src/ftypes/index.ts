import { RecipeError } from '../error';
import { didYouMean, quoted } from '../suggest';
import { isTypeName } from '../type-facts';
import type { Ftype, FtypeOfProgram } from './ftype';
import { interleavedFtypes } from './interleaved';
import { iqFtypes } from './iq';
import { iqkFtypes, ktFtypes } from './iqk';
import { kFtypes } from './k';
import { floatFtypes, legacyFtypes, ternaryFtypes } from './legacy';
import { llamaCppFtypes } from './llama-cpp';
import { PROGRAMS, type Program } from './program';

/** The file types of each program, by the names that its llama-quantize knows; `aliases` are other names. */
const FTYPES_OF_PROGRAM: Readonly<Record<Program, readonly FtypeOfProgram[]>> = {
  /** `llama_tensor_get_type` in `src/llama-quantize.cpp` of ik_llama.cpp, commit 8337e4cd3. */
  'ik_llama.cpp': [
    ...floatFtypes,
    ...legacyFtypes,
    ...kFtypes,
    ...iqFtypes,
    ...iqkFtypes,
    ...ktFtypes,
    ...ternaryFtypes,
    ...interleavedFtypes,
  ],
  'llama.cpp': [...floatFtypes.filter(({ name }) => name !== 'BF16_R16'), ...llamaCppFtypes],
};

/** Every file type of every program. The two have most names in common; where none is named, the first in the list counts. */
export const ftypes: readonly Ftype[] = PROGRAMS.flatMap((program) =>
  FTYPES_OF_PROGRAM[program].map((ftype) => ({ ...ftype, program })),
);

const aliases: ReadonlyMap<string, string> = new Map([
  ['Q3_K', 'Q3_K_M'],
  ['Q4_K', 'Q4_K_M'],
  ['Q5_K', 'Q5_K_M'],
]);

/** The names of all file types, as ik_llama.cpp and llama.cpp spell them, begin so; the longest have 10 characters. */
const FTYPE_SPELLING = /^(?:I?Q|TQ|B?F|MXFP|NVFP)\d\w{0,12}$/i;

/**
 * The file type of this name, in any case; `undefined` when there is none.
 *
 * @param program - whose; `undefined` for that of ik_llama.cpp, or of llama.cpp where it alone knows the name
 */
export function findFtype(name: string, program?: Program): Ftype | undefined {
  const word = name.toUpperCase();
  const whole = aliases.get(word) ?? word;
  return ftypesOf(program).find((ftype) => ftype.name === whole);
}

function ftypesOf(program: Program | undefined): readonly Ftype[] {
  return program === undefined ? ftypes : ftypes.filter((ftype) => ftype.program === program);
}

/**
 * Whether a word is spelled like the name of a file type: `Q4_K_M`, `IQ9_XXS`. `findFtype` says whether there is one; a word
 * that only looks like one should not be taken for the name of a file.
 */
export function looksLikeFtype(word: string): boolean {
  return FTYPE_SPELLING.test(word);
}

/**
 * The file type of a name, in any case, or of an id as text: `iq4_kss` or `148`.
 *
 * @param program - whose; `undefined` for that of ik_llama.cpp, or of llama.cpp where it alone knows the name
 * @throws RecipeError `unknown-ftype` when there is none
 */
export function parseFtype(text: string, program?: Program): Ftype {
  const word = text.trim();
  const found =
    findFtype(word, program) ?? ftypesOf(program).find(({ id }) => id !== undefined && String(id) === word);
  if (found !== undefined) return found;
  const names = [...new Set([...ftypesOf(program).map(({ name }) => name), ...aliases.keys()])];
  const elsewhere = findFtype(word);
  throw new RecipeError(
    'unknown-ftype',
    program === undefined
      ? 'no file type has this name or number'
      : `${program} has no file type of this name or number`,
    {
      found: quoted(text),
      allowed: names.join(', '),
      advice:
        elsewhere === undefined
          ? (ofTensors(word) ?? didYouMean(word, names) ?? 'Take one of the allowed file types.')
          : `Take one of the allowed file types, or the mixture of ${elsewhere.program}, which has this one.`,
    },
  );
}

/** What to do with the name of a type that tensors have and no file type is made of. */
function ofTensors(word: string): string | undefined {
  if (!isTypeName(word)) return undefined;
  return `${word} is a type of tensors: a file type and --custom-q '.*=${word}' give it to all that are quantized.`;
}
