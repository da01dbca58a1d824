/*
 * ptq1_0: tq1_0 with half the weights to a scale, which is what the models that it was made for (Ternary Bonsai) were trained with. PrismML's llama.cpp
 * has it.
 *
 *   block: 128 weights in 28 bytes
 *   +------------+-------------+-------------+
 *   | qs         | qh          | d           |
 *   | 24 x u8    | 2 x u8      | f16         |
 *   | bytes 0-23 | bytes 24-25 | bytes 26-27 |
 *   +------------+-------------+-------------+
 *
 * Weight i is a digit of base 3 (packing/trits.ts), counted from the most significant one:
 *   i < 80:   digit i/16 of qs[i%16]
 *   i < 120:  digit (i-80)/8 of qs[16 + i%8]
 *   others:   digit (i-120)/2 of qh[i%2]; a fifth digit stays 0
 * Restore: x = d * (digit - 1).
 */
import { defineFormat } from '../format';
import { MAX_F16 } from '../numeric/f16';
import { tritBlocks } from '../packing/trits';

const BLOCK_LENGTH = 128;

export default defineFormat({
  name: 'ptq1_0',
  id: 143,
  family: 'bn',
  blockLength: BLOCK_LENGTH,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16,
  importance: 'optional',
  ...tritBlocks(BLOCK_LENGTH),
});
