/*
 * Codes of 256 weights, spread so that one shift and one mask of 32 bytes give 32 neighbouring weights: what the k-quants and their
 * descendants share. The fields are zero before; each function adds its bits.
 */
import { u8At } from '../numeric/bytes';

/** The two low bits of code i at bits 2 (i/32 % 4) of byte 32 (i/128) + i%32. */
export function addTwoBits(out: Uint8Array, field: number, codes: Uint8Array): void {
  for (let i = 0; i < 256; i++) {
    const byte = field + 32 * (i >> 7) + (i & 31);
    out[byte] = u8At(out, byte) | ((u8At(codes, i) & 3) << (2 * ((i >> 5) & 3)));
  }
}

/** The four low bits of code i at bits 4 (i/32 % 2) of byte 32 (i/64) + i%32. */
export function addNibbles(out: Uint8Array, field: number, codes: Uint8Array): void {
  for (let i = 0; i < 256; i++) {
    const byte = field + 32 * (i >> 6) + (i & 31);
    out[byte] = u8At(out, byte) | ((u8At(codes, i) & 15) << (4 * ((i >> 5) & 1)));
  }
}

/** Bit `bit` of code i at bit i/32 of byte i%32. */
export function addBit(out: Uint8Array, field: number, codes: Uint8Array, bit: number): void {
  for (let i = 0; i < 256; i++) {
    const byte = field + (i & 31);
    out[byte] = u8At(out, byte) | (((u8At(codes, i) >> bit) & 1) << (i >> 5));
  }
}
