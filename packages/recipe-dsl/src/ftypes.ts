import type { FormatName } from '@halftone/quant-formats';
import { RecipeError } from './error';
import { didYouMean, quoted } from './suggest';

/** ggml's name of a type. It may be one that this version cannot write: the plan then says so. */
export type TypeName = string;

/**
 * Where the default types of a file type differ from its main one. A field that is left out means: the main type.
 * Source: `llama_tensor_get_type` in `src/llama-quantize.cpp` of ik_llama.cpp.
 */
export interface Mixture {
  /** `output.weight`. */
  readonly output?: TypeName;
  /** `token_embd.weight` of a model without `output.weight`: one matrix is both. */
  readonly tiedOutput?: TypeName;
  /** `attn_v` where two or more heads share one. */
  readonly sharedAttentionValue?: TypeName;
  /** `attn_output` of a model with four or more experts. */
  readonly expertAttentionOutput?: TypeName;
  /** `ffn_down` in the first eighth of the layers, with an importance matrix. */
  readonly earlyDownWithImportance?: TypeName;
  /** `ffn_down` in the first eighth of the layers, without an importance matrix. */
  readonly earlyDownWithoutImportance?: TypeName;
}

/** A file type: the word on the command line that names the types of all tensors for which there is no rule. */
export interface Ftype {
  /** As it is written on the command line. */
  readonly name: string;
  /** The value of `general.file_type` in the file; COPY has none and leaves the value as it is. */
  readonly id?: number;
  /** The type of most tensors; COPY has none and keeps every tensor. */
  readonly mainFormat?: FormatName;
  readonly mixture: Mixture;
}

/** The file types whose main type can be written. */
export const ftypes: readonly Ftype[] = [
  { name: 'COPY', mixture: {} },
  { name: 'F32', id: 0, mainFormat: 'f32', mixture: {} },
  { name: 'F16', id: 1, mainFormat: 'f16', mixture: {} },
  { name: 'BF16', id: 32, mainFormat: 'bf16', mixture: {} },
  { name: 'Q8_0', id: 7, mainFormat: 'q8_0', mixture: {} },
  {
    name: 'Q5_0',
    id: 8,
    mainFormat: 'q5_0',
    mixture: { output: 'q6_K', tiedOutput: 'q6_K', earlyDownWithImportance: 'q5_1' },
  },
  { name: 'Q6_0', id: 135, mainFormat: 'q6_0', mixture: { output: 'q6_K', tiedOutput: 'q6_K' } },
  { name: 'Q6_K', id: 18, mainFormat: 'q6_K', mixture: {} },
  {
    name: 'IQ4_NL',
    id: 25,
    mainFormat: 'iq4_nl',
    mixture: {
      output: 'q6_K',
      tiedOutput: 'q6_K',
      sharedAttentionValue: 'iq5_k',
      expertAttentionOutput: 'q5_K',
      earlyDownWithoutImportance: 'q5_K',
    },
  },
  {
    name: 'IQ4_K',
    id: 140,
    mainFormat: 'iq4_k',
    mixture: {
      output: 'q6_K',
      tiedOutput: 'q6_K',
      sharedAttentionValue: 'iq5_k',
      expertAttentionOutput: 'q5_K',
    },
  },
  { name: 'IQ6_K', id: 142, mainFormat: 'iq6_k', mixture: {} },
  {
    name: 'IQ4_KS',
    id: 145,
    mainFormat: 'iq4_ks',
    mixture: {
      output: 'q6_K',
      tiedOutput: 'iq5_k',
      sharedAttentionValue: 'iq5_k',
      expertAttentionOutput: 'q5_K',
      earlyDownWithoutImportance: 'q5_K',
    },
  },
  {
    name: 'IQ4_KSS',
    id: 148,
    mainFormat: 'iq4_kss',
    mixture: {
      output: 'q6_K',
      tiedOutput: 'iq5_k',
      sharedAttentionValue: 'iq5_k',
      expertAttentionOutput: 'q5_K',
      earlyDownWithoutImportance: 'q5_K',
    },
  },
];

/** The names of all file types, as ik_llama.cpp and llama.cpp spell them, begin so; the longest have 10 characters. */
const FTYPE_SPELLING = /^(?:I?Q|TQ|B?F|MXFP|NVFP)\d\w{0,12}$/i;

/** The file type of this name, in any case; `undefined` when this version cannot write one of this name. */
export function findFtype(name: string): Ftype | undefined {
  return ftypes.find((ftype) => ftype.name === name.toUpperCase());
}

/**
 * Whether a word is spelled like the name of a file type: `Q4_K_M`, `iq3_xxs`. `findFtype` says whether this version can
 * write it; a word that only looks like one should not be taken for the name of a file.
 */
export function looksLikeFtype(word: string): boolean {
  return FTYPE_SPELLING.test(word);
}

/**
 * The file type of a name, in any case, or of an id as text: `iq4_kss` or `148`.
 *
 * @throws RecipeError `unknown-ftype` when there is none that can be written
 */
export function parseFtype(text: string): Ftype {
  const word = text.trim();
  const found = findFtype(word) ?? ftypes.find(({ id }) => id?.toString() === word);
  if (found !== undefined) return found;
  const names = ftypes.map(({ name }) => name);
  const what = looksLikeFtype(word)
    ? `this version cannot write ${word} yet`
    : 'no file type has this name or number';
  throw new RecipeError('unknown-ftype', what, {
    found: quoted(text),
    allowed: names.join(', '),
    advice: didYouMean(word, names) ?? 'Take one of the allowed file types.',
  });
}
