/*
 * Digits of base 3 in a byte, five at most. A byte holds the number as a fraction: t of 3^5 is stored as t * 256 / 243, rounded up. Multiplied by a power
 * of three, modulo 256, what is left is the fraction behind the digits before; the digit itself is then the whole part of three times it. So digits
 * are restored by multiplications alone, and each of the 256 bytes has five of them. Source: ggml-quants.c, `quantize_row_tq1_0_ref`.
 */

import { f32At, readF16, u8At, writeF16 } from '../numeric/bytes';
import { ternaryDigit, TernarySearch } from '../search/ternary';
import type { EncodableFormat } from '../format';

/** Digits in a byte. */
const FIVE = 5;
/** How many numbers they have. */
const NUMBERS = 243;

/** 3 to the power of each place. */
const POWERS = Uint8Array.of(1, 3, 9, 27, 81);

/** Digit `place` of `byte`, 0 to 2, counted from the most significant of five. */
export function tritAt(byte: number, place: number): number {
  return (((byte * u8At(POWERS, place)) & 255) * 3) >> 8;
}

/** The byte whose five digits make up `number`. */
export function tritsByte(number: number): number {
  return Math.ceil((number * 256) / NUMBERS);
}

/**
 * All that formats have in common whose blocks are such digits before a binary16 scale `d`. Neighbours stand in neighbouring bytes, so that one
 * multiplication of a run of bytes gives as many neighbouring weights: first an eighth as many bytes as there are weights, five digits each, then half as many again; the weights
 * that are left are four digits each of the bytes `qh`.
 */
export function tritBlocks(
  blockLength: 128 | 256,
): Pick<EncodableFormat, 'bytesPerBlock' | 'layout' | 'search' | 'decodeRow' | 'encodeRow'> {
  const width = blockLength / 8;
  const qh = width + width / 2;
  const d = qh + width / 8;
  const bytesPerBlock = d + 2;
  const runs = [
    { byte: 0, width, digits: FIVE, first: 0 },
    { byte: width, width: width / 2, digits: FIVE, first: FIVE * width },
    { byte: qh, width: width / 8, digits: 4, first: FIVE * qh },
  ];
  const search = new TernarySearch();
  return {
    bytesPerBlock,
    layout: {
      rowPrefix: [],
      block: [
        { name: 'qs', offsetBytes: 0, lengthBytes: qh, as: 'u8' },
        { name: 'qh', offsetBytes: qh, lengthBytes: d - qh, as: 'u8' },
        { name: 'd', offsetBytes: d, lengthBytes: 2, as: 'f16' },
      ],
    },
    search: undefined,
    decodeRow(bytes, out) {
      for (let start = 0, block = 0; start < out.length; start += blockLength, block += bytesPerBlock) {
        const scale = readF16(bytes, block + d);
        for (const { byte, width, digits, first } of runs) {
          for (let i = 0; i < width; i++) {
            const packed = u8At(bytes, block + byte + i);
            for (let n = 0; n < digits; n++)
              out[start + first + n * width + i] = scale * (tritAt(packed, n) - 1);
          }
        }
      }
    },
    encodeRow(weights, importance, out) {
      for (let start = 0, block = 0; start < weights.length; start += blockLength, block += bytesPerBlock) {
        const scale = writeF16(out, block + d, search.scaleOf(weights, importance, start, blockLength));
        for (const { byte, width, digits, first } of runs) {
          for (let i = 0; i < width; i++) {
            let number = 0;
            for (let n = 0; n < FIVE; n++) {
              const weight = f32At(weights, start + first + n * width + i);
              number = 3 * number + (n < digits ? ternaryDigit(weight, scale) : 0);
            }
            out[block + byte + i] = tritsByte(number);
          }
        }
      }
    },
  };
}
