import type { FormatName } from '@halftone/quant-formats';
import type { Program } from '../ftypes/program';
import { bitsPerWeightOf, isTypeName, typeFacts, type TypeName } from '../type-facts';
import type { Fallback, SourceTensor } from '../types';

/**
 * Formats with blocks of 32, by rising size: what takes the place of a format with greater blocks. It is a list, because
 * these four are a choice of ik_llama.cpp: it passes over others that would fit as well or better. q4_0 has the size of
 * iq4_nl, mxfp4 is nearer to iq4_kss, q4_1 to iq4_k, and q5_1 to q5_K, than what it takes.
 */
const LADDER: readonly FormatName[] = ['iq4_nl', 'q5_0', 'q6_0', 'q8_0'];

/** `tensor_type_fallback` in `src/llama-quant.cpp` of llama.cpp: what it takes for its types with greater blocks. */
const INSTEAD_IN_LLAMA: Readonly<Partial<Record<FormatName, FormatName>>> = {
  iq1_s: 'iq4_nl',
  iq1_m: 'iq4_nl',
  iq2_xxs: 'iq4_nl',
  iq2_xs: 'iq4_nl',
  iq2_s: 'iq4_nl',
  iq3_xxs: 'iq4_nl',
  iq3_s: 'iq4_nl',
  iq4_xs: 'iq4_nl',
  q2_0: 'q4_0',
  q2_K: 'q4_0',
  q3_K: 'q4_0',
  tq1_0: 'q4_0',
  tq2_0: 'q4_0',
  q4_K: 'q5_0',
  q5_K: 'q5_1',
  q6_K: 'q8_0',
};

/** Where not even 32 divides the row. Any row length will do. */
const LAST_RESORT: FormatName = 'f16';

/** Rows of these are looked up one by one, which is not possible where rows are interleaved. */
const LOOKED_UP_BY_ROW = new Set(['token_embd.weight', 'per_layer_token_embd.weight']);

/** The type that a tensor really gets, and why it is not the wanted one. */
export function typeForTensor(
  wanted: TypeName,
  { name, dimensions }: SourceTensor,
  program: Program,
): { readonly type: TypeName; readonly fallback?: Fallback } {
  const [columns = 1, rows = 1] = dimensions;
  const type = typeForRow(wanted, columns, program);
  if (type !== wanted)
    return { type, fallback: { from: wanted, why: `whose blocks do not divide a row of ${columns}` } };
  const { interleaved } = typeFacts(type);
  if (interleaved === undefined) return { type };
  const why = LOOKED_UP_BY_ROW.has(name)
    ? 'whose rows cannot be read one by one'
    : rows % interleaved.rows === 0
      ? undefined
      : `which interleaves ${interleaved.rows} rows, while there are ${rows}`;
  return why === undefined
    ? { type }
    : { type: parentForRow(interleaved.parent, columns, program), fallback: { from: wanted, why } };
}

function parentForRow(parent: string, columns: number, program: Program): TypeName {
  return isTypeName(parent) ? typeForRow(parent, columns, program) : LAST_RESORT;
}

/**
 * The type for rows of `columns` weights: the wanted one, or another where its block does not divide the row.
 *
 * For ik_llama.cpp that is the smallest of four formats with blocks of 32 that spends more bits on a weight. This says in one
 * rule what `change_type_if_necessary` in `src/llama-quantize.cpp` lists type by type. llama.cpp has a list of its own; for types that
 * are not in it, which it stops at, the rule counts too.
 *
 * Where not even 32 divides the row it is f16, as in llama.cpp. ik_llama.cpp stops there with an assertion, and with an error for
 * iq1_bn and iq2_bn.
 */
export function typeForRow(wanted: TypeName, columns: number, program: Program): TypeName {
  const fits = (format: FormatName): boolean => columns % typeFacts(format).blockLength === 0;
  if (fits(wanted)) return wanted;
  const bits = bitsPerWeightOf(wanted);
  const instead =
    (program === 'llama.cpp' ? INSTEAD_IN_LLAMA[wanted] : undefined) ??
    LADDER.find((format) => bitsPerWeightOf(format) > bits);
  return instead !== undefined && fits(instead) ? instead : LAST_RESORT;
}
