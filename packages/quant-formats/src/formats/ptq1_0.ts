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
import { tritRuns } from '../packing/trits';

const BLOCK_LENGTH = 128;
const QH = 24;
const D = 26;

export default defineFormat({
  name: 'ptq1_0',
  id: 143,
  family: 'bn',
  blockLength: BLOCK_LENGTH,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16,
  importance: 'optional',
  layout: {
    rowPrefix: [],
    block: [
      { name: 'qs', offsetBytes: 0, lengthBytes: 24, as: 'u8' },
      { name: 'qh', offsetBytes: QH, lengthBytes: 2, as: 'u8' },
      { name: 'd', offsetBytes: D, lengthBytes: 2, as: 'f16' },
    ],
  },
  search: undefined,
  ...tritRuns(BLOCK_LENGTH, D, [
    { byte: 0, width: 16, digits: 5, first: 0 },
    { byte: 16, width: 8, digits: 5, first: 80 },
    { byte: QH, width: 2, digits: 4, first: 120 },
  ]),
});
