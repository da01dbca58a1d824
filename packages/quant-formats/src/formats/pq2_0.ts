/*
 * pq2_0: q2_0 with twice the weights to a scale, which is what the models that it was made for (Ternary Bonsai) were trained with. PrismML's llama.cpp
 * has it; ids 142 and 143 once were ik_llama.cpp's iq2_tn and iq1_tn, which it reads no more. The first files of the kind have id 42, q2_0's, and are refused, because
 * their tensors overlap when they are read as q2_0.
 *
 *   block: 128 weights in 34 bytes
 *   +-----------+-------------+
 *   | d         | qs          |
 *   | f16       | 128 x bits2 |
 *   | bytes 0-1 | bytes 2-33  |
 *   +-----------+-------------+
 *
 * Weight i lives in bits 2 (i%4) to 2 (i%4) + 1 of qs[i/4]. Restore: x = d * (q - 1).
 */
import { defineFormat } from '../format';
import { MAX_F16 } from '../numeric/f16';
import { pairsOfBits } from '../packing/pairs-of-bits';

const BLOCK_LENGTH = 128;

export default defineFormat({
  name: 'pq2_0',
  id: 142,
  family: 'bn',
  blockLength: BLOCK_LENGTH,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 2,
  importance: 'optional',
  ...pairsOfBits(BLOCK_LENGTH),
});
