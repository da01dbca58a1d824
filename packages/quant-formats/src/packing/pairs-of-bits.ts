import type { EncodableFormat } from '../format';
import { readF16, u8At, writeF16 } from '../numeric/bytes';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

/** Where the codes begin, behind the scale. */
const QS = 2;

/** What formats have in common that give each weight two bits: a binary16 `d`, then codes q of d * (q - 1), four in a byte, lowest bits first. */
export function pairsOfBits(
  blockLength: 64 | 128,
): Pick<EncodableFormat, 'bytesPerBlock' | 'layout' | 'search' | 'decodeRow' | 'encodeRow'> {
  const codeBytes = blockLength / 4;
  const bytesPerBlock = QS + codeBytes;
  const search = new ScaleSearch({
    kind: 'scale',
    blockLength,
    codebook: Float32Array.of(-1, 0, 1, 2),
    shifts: [0],
    multipliers: undefined,
    probes: [2.4, 2, 2.8, 1, -1, -1.4, -1.7, -2],
    evenParity: false,
    growth: 0,
    store: storeAsF16,
    smallestSuperScale: SMALLEST_F16,
  });
  return {
    bytesPerBlock,
    layout: {
      rowPrefix: [],
      block: [
        { name: 'd', offsetBytes: 0, lengthBytes: QS, as: 'f16' },
        { name: 'qs', offsetBytes: QS, lengthBytes: codeBytes, as: 'bits2' },
      ],
    },
    search: search.description,
    decodeRow(bytes, out) {
      for (let start = 0, block = 0; start < out.length; start += blockLength, block += bytesPerBlock) {
        const d = readF16(bytes, block);
        for (let i = 0; i < blockLength; i++) {
          const q = (u8At(bytes, block + QS + (i >> 2)) >> (2 * (i & 3))) & 3;
          out[start + i] = d * (q - 1);
        }
      }
    },
    encodeRow(weights, importance, out) {
      out.fill(0);
      for (let start = 0, block = 0; start < weights.length; start += blockLength, block += bytesPerBlock) {
        search.encode(weights, importance, start, blockLength);
        writeF16(out, block, search.superScale);
        for (let i = 0; i < blockLength; i++) {
          const byte = block + QS + (i >> 2);
          out[byte] = u8At(out, byte) | (u8At(search.codes, i) << (2 * (i & 3)));
        }
      }
    },
  };
}
