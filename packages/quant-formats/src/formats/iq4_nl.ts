/*
 * iq4_nl: 32 weights as 4-bit indices into a table of uneven steps, with one scale.
 *
 *   block: 32 weights in 18 bytes
 *   +-----------+--------------+
 *   | d         | qs           |
 *   | f16       | 32 x nibbles |
 *   | bytes 0-1 | bytes 2-17   |
 *   +-----------+--------------+
 *
 * Weight i < 16:  index in bits 0-3 of qs[i].
 * Weight i >= 16: index in bits 4-7 of qs[i-16].
 * Restore: x = d * table[index], the table being the first half of IQ4_VALUES. d may be negative.
 */
import { IQ4_VALUES } from '../codebooks/iq4';
import { defineFormat, type FormatDefinition } from '../format';
import { readF16, u8At, valueAt, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 18;
const QS = 2;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: BLOCK_LENGTH,
  codebook: Float32Array.from(IQ4_VALUES.subarray(0, 16)),
  shifts: [0],
  multipliers: undefined,
  probes: [-143, -137, -131, -126, -121, -108, -101, -91, 90, 110, 115, 122],
  evenParity: false,
  growth: 1,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 16, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let i = 0; i < 16; i++) {
      const pair = u8At(bytes, block + QS + i);
      out[start + i] = d * valueAt(IQ4_VALUES, pair & 15);
      out[start + i + 16] = d * valueAt(IQ4_VALUES, pair >> 4);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    for (let i = 0; i < 16; i++)
      out[block + QS + i] = u8At(search.codes, i) | (u8At(search.codes, i + 16) << 4);
  }
}

export default defineFormat({
  name: 'iq4_nl',
  id: 20,
  family: 'iq',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 113,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
