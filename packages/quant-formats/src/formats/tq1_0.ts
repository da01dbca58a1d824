/*
 * tq1_0: 256 weights of -1, 0 or 1 times one scale, five in a byte: for models trained with three values a weight (BitNet b1.58, TriLM).
 *
 *   block: 256 weights in 54 bytes
 *   +------------+-------------+-------------+
 *   | qs         | qh          | d           |
 *   | 48 x u8    | 4 x u8      | f16         |
 *   | bytes 0-47 | bytes 48-51 | bytes 52-53 |
 *   +------------+-------------+-------------+
 *
 * Weight i is a digit of base 3 (packing/trits.ts), counted from the most significant one:
 *   i < 160:  digit i/32 of qs[i%32]
 *   i < 240:  digit (i-160)/16 of qs[32 + i%16]
 *   others:   digit (i-240)/4 of qh[i%4]; a fifth digit stays 0
 * Restore: x = d * (digit - 1).
 */
import { defineFormat } from '../format';
import { MAX_F16 } from '../numeric/f16';
import { tritBlocks } from '../packing/trits';

const BLOCK_LENGTH = 256;

export default defineFormat({
  name: 'tq1_0',
  id: 34,
  family: 'bn',
  blockLength: BLOCK_LENGTH,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16,
  importance: 'optional',
  ...tritBlocks(BLOCK_LENGTH),
});
