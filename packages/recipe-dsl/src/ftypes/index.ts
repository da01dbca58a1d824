import { RecipeError } from '../error';
import { didYouMean, quoted } from '../suggest';
import type { Ftype } from './ftype';
import { interleavedFtypes } from './interleaved';
import { iqFtypes } from './iq';
import { iqkFtypes, ktFtypes } from './iqk';
import { kFtypes } from './k';
import { floatFtypes, legacyFtypes, ternaryFtypes } from './legacy';

/**
 * Every file type that llama-quantize of ik_llama.cpp or of llama.cpp knows by a name of its own; `aliases` are other names.
 * Where both know one, the mixture is that of ik_llama.cpp.
 *
 * Source: `llama_tensor_get_type` in `src/llama-quantize.cpp` of ik_llama.cpp, commit 8337e4cd3.
 */
export const ftypes: readonly Ftype[] = [
  ...floatFtypes,
  ...legacyFtypes,
  ...kFtypes,
  ...iqFtypes,
  ...iqkFtypes,
  ...ktFtypes,
  ...ternaryFtypes,
  ...interleavedFtypes,
];

const aliases: ReadonlyMap<string, string> = new Map([
  ['Q3_K', 'Q3_K_M'],
  ['Q4_K', 'Q4_K_M'],
  ['Q5_K', 'Q5_K_M'],
]);

/** The names of all file types, as ik_llama.cpp and llama.cpp spell them, begin so; the longest have 10 characters. */
const FTYPE_SPELLING = /^(?:I?Q|TQ|B?F|MXFP|NVFP)\d\w{0,12}$/i;

/** The file type of this name, in any case; `undefined` when there is none. */
export function findFtype(name: string): Ftype | undefined {
  const word = name.toUpperCase();
  const whole = aliases.get(word) ?? word;
  return ftypes.find((ftype) => ftype.name === whole);
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
 * @throws RecipeError `unknown-ftype` when there is none
 */
export function parseFtype(text: string): Ftype {
  const word = text.trim();
  const found = findFtype(word) ?? ftypes.find(({ id }) => id?.toString() === word);
  if (found !== undefined) return found;
  const names = [...ftypes.map(({ name }) => name), ...aliases.keys()];
  throw new RecipeError('unknown-ftype', 'no file type has this name or number', {
    found: quoted(text),
    allowed: names.join(', '),
    advice: didYouMean(word, names) ?? 'Take one of the allowed file types.',
  });
}
