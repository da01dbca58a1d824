import type { FormatName } from '@halftone/quant-formats';
import { bitsPerWeightOf, isTypeName, typeFacts, type TypeName } from '../type-facts';
import type { Fallback, SourceTensor } from '../types';

/**
 * Formats with blocks of 32, by rising size: what takes the place of a format with greater blocks. It is a list, because
 * these four are a choice of ik_llama.cpp: it passes over others that would fit as well or better. q4_0 has the size of
 * iq4_nl, mxfp4 is nearer to iq4_kss, q4_1 to iq4_k, and q5_1 to q5_K, than what it takes.
 */
const LADDER: readonly FormatName[] = ['iq4_nl', 'q5_0', 'q6_0', 'q8_0'];

/** Where not even 32 divides the row. Any row length will do. */
const LAST_RESORT: FormatName = 'f16';

/** Rows of these are looked up one by one, which is not possible where rows are interleaved. */
const LOOKED_UP_BY_ROW = new Set(['token_embd.weight', 'per_layer_token_embd.weight']);

/** The type that a tensor really gets, and why it is not the wanted one. */
export function typeForTensor(
  wanted: TypeName,
  { name, dimensions }: SourceTensor,
): { readonly type: TypeName; readonly fallback?: Fallback } {
  const [columns = 1, rows = 1] = dimensions;
  const type = typeForRow(wanted, columns);
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
    : { type: parentForRow(interleaved.parent, columns), fallback: { from: wanted, why } };
}

function parentForRow(parent: string, columns: number): TypeName {
  return isTypeName(parent) ? typeForRow(parent, columns) : LAST_RESORT;
}

/**
 * The type for rows of `columns` weights: the wanted one, or, where its block does not divide the row, the smallest of
 * four formats with blocks of 32 that spends more bits on a weight, or f16.
 *
 * This says in one rule what `change_type_if_necessary` in `src/llama-quantize.cpp` of ik_llama.cpp lists type by type.
 * That function stops with an assertion where 32 does not divide the row, and with an error for iq1_bn and iq2_bn; f16
 * is what llama.cpp takes there.
 */
export function typeForRow(wanted: TypeName, columns: number): TypeName {
  if (columns % typeFacts(wanted).blockLength === 0) return wanted;
  const bits = bitsPerWeightOf(wanted);
  const larger = LADDER.find(
    (format) => columns % typeFacts(format).blockLength === 0 && bitsPerWeightOf(format) > bits,
  );
  return larger ?? LAST_RESORT;
}
