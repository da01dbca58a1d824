import { formats, type FormatName } from '@halftone/quant-formats';

/** Formats with blocks of 32, by rising size: what takes the place of a format with greater blocks. */
const LADDER: readonly FormatName[] = ['iq4_nl', 'q5_0', 'q6_0', 'q8_0'];

/** Where not even 32 divides the row. Any row length will do. */
const LAST_RESORT: FormatName = 'f16';

/**
 * The format for rows of `columns` weights: the wanted one, or, where its block does not divide the row, the smallest
 * of the formats with blocks of 32 that spends more bits on a weight, or f16.
 *
 * This says in one rule what `change_type_if_necessary` in the peer's `src/llama-quantize.cpp` lists type by type.
 * The peer stops with an assertion where 32 does not divide the row; f16 is what llama.cpp takes there.
 */
export function formatForRow(wanted: FormatName, columns: number): FormatName {
  if (divides(wanted, columns)) return wanted;
  const larger = LADDER.find((format) => divides(format, columns) && blockBits(format) > blockBits(wanted));
  return larger ?? LAST_RESORT;
}

function divides(format: FormatName, columns: number): boolean {
  return columns % formats[format].blockLength === 0;
}

/** Bits per weight, the prefix of the row left out. */
function blockBits(format: FormatName): number {
  return (8 * formats[format].bytesPerBlock) / formats[format].blockLength;
}
