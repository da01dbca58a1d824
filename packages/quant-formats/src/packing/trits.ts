/*
 * Digits of base 3 in a byte, five at most. A byte holds the number as a fraction: t of 3^5 is stored as t * 256 / 243, rounded up. Multiplied by a power
 * of three, modulo 256, what is left is the fraction behind the digits before; the digit itself is then the whole part of three times it. So digits
 * are restored by multiplications alone, and each of the 256 bytes has five of them. Source: ggml-quants.c, `quantize_row_tq1_0_ref`.
 */

import { f32At, readF16, u8At, writeF16 } from '../numeric/bytes';
import { ternaryDigit, TernarySearch } from '../search/ternary';
import type { FormatDefinition } from '../format';

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

/** A run of bytes that holds neighbouring weights: where in the block, how many bytes, how many digits each, and the first weight. */
export interface TritRun {
  readonly byte: number;
  readonly width: number;
  readonly digits: number;
  readonly first: number;
}

/**
 * How blocks are read and written whose weights are digits in such runs, and whose binary16 scale stands behind them all at byte `d`. Neighbours stand in
 * neighbouring bytes, so that one multiplication of a run's bytes gives as many neighbouring weights.
 */
export function tritRuns(
  blockLength: number,
  d: number,
  runs: readonly TritRun[],
): Pick<FormatDefinition, 'bytesPerBlock' | 'decodeRow' | 'encodeRow'> {
  const bytesPerBlock = d + 2;
  const search = new TernarySearch();
  return {
    bytesPerBlock,
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
