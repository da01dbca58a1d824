/*
 * Digits of base 3 in a byte, five at most. A byte holds the number as a fraction: t of 3^5 is stored as t * 256 / 243, rounded up. Multiplied by a power
 * of three, modulo 256, what is left is the fraction behind the digits before; the digit itself is then the whole part of three times it. So digits
 * are restored by multiplications alone, and each of the 256 bytes has five of them. Source: ggml-quants.c, `quantize_row_tq1_0_ref`.
 */

/** How many numbers five digits have. */
const NUMBERS = 243;

/** Digit `place` of `byte`, 0 to 2, counted from the most significant of five. */
export function tritAt(byte: number, place: number): number {
  return (((byte * 3 ** place) & 255) * 3) >> 8;
}

/** The byte whose five digits make up `number`. */
export function tritsByte(number: number): number {
  return Math.ceil((number * 256) / NUMBERS);
}
