/*
 * q2_0: 64 weights of -1, 0, 1 or 2 times one scale, which may be negative.
 *
 *   block: 64 weights in 18 bytes
 *   +-----------+------------+
 *   | d         | qs         |
 *   | f16       | 64 x bits2 |
 *   | bytes 0-1 | bytes 2-17 |
 *   +-----------+------------+
 *
 * Weight i lives in bits 2 (i%4) to 2 (i%4) + 1 of qs[i/4]. Restore: x = d * (q - 1).
 */
import { defineFormat } from '../format';
import { MAX_F16 } from '../numeric/f16';
import { pairsOfBits } from '../packing/pairs-of-bits';

const BLOCK_LENGTH = 64;

export default defineFormat({
  name: 'q2_0',
  id: 42,
  family: 'bn',
  blockLength: BLOCK_LENGTH,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 2,
  importance: 'optional',
  ...pairsOfBits(BLOCK_LENGTH),
});
