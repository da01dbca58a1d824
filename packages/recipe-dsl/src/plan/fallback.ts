import { formats, isFormatName, type FormatName } from '@halftone/quant-formats';
import type { TypeName } from '../ftypes';

/**
 * Formats with blocks of 32, by rising size: what takes the place of a format with greater blocks. It is a list, because
 * these four are a choice of ik_llama.cpp: it passes over others that would fit as well or better. q4_0 has the size of
 * iq4_nl, mxfp4 is nearer to iq4_kss, q4_1 to iq4_k, and q5_1 to q5_K, than what it takes.
 */
const LADDER: readonly FormatName[] = ['iq4_nl', 'q5_0', 'q6_0', 'q8_0'];

/** Where not even 32 divides the row. Any row length will do. */
const LAST_RESORT: FormatName = 'f16';

/** What a fallback depends on. */
interface BlockFacts {
  readonly blockLength: number;
  /** The prefix of the row left out. */
  readonly bitsPerWeight: number;
}

/**
 * The type for rows of `columns` weights: the wanted one, or, where its block does not divide the row, the smallest of
 * four formats with blocks of 32 that spends more bits on a weight, or f16. Only the wanted one may be a type that this
 * version cannot write.
 *
 * This says in one rule what `change_type_if_necessary` in `src/llama-quantize.cpp` of ik_llama.cpp lists type by type.
 * That function stops with an assertion where 32 does not divide the row; f16 is what llama.cpp takes there.
 */
export function typeForRow(wanted: TypeName, columns: number): TypeName {
  const facts = blockFacts(wanted);
  if (facts === undefined || columns % facts.blockLength === 0) return wanted;
  const larger = LADDER.find((format) => {
    const { blockLength, bytesPerBlock } = formats[format];
    return columns % blockLength === 0 && (8 * bytesPerBlock) / blockLength > facts.bitsPerWeight;
  });
  return larger ?? LAST_RESORT;
}

/** `undefined` for a type that this version does not know: the plan says so. */
function blockFacts(type: TypeName): BlockFacts | undefined {
  if (!isFormatName(type)) return undefined;
  const { blockLength, bytesPerBlock } = formats[type];
  return { blockLength, bitsPerWeight: (8 * bytesPerBlock) / blockLength };
}
