import { f16ToF32, f32ToFiniteF16 } from './f16';

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** Byte `index`. The caller has checked lengths once per row; `?? 0` only tells the type checker so, and costs nothing. */
export function u8At(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

/** Byte `index` as a signed number. */
export function i8At(bytes: Uint8Array, index: number): number {
  return (u8At(bytes, index) << 24) >> 24;
}

/** Entry `index` of an array of 16-bit numbers. */
export function i16At(numbers: Int16Array, index: number): number {
  return numbers[index] ?? 0;
}

/** Entry `index` of a codebook. */
export function valueAt(codebook: Int8Array, index: number): number {
  return codebook[index] ?? 0;
}

/** Weight `index` of a row. */
export function f32At(row: Float32Array, index: number): number {
  return row[index] ?? 0;
}

/** The little-endian 16-bit number at byte `offset`. */
export function readU16(bytes: Uint8Array, offset: number): number {
  return u8At(bytes, offset) | (u8At(bytes, offset + 1) << 8);
}

/** Write a 16-bit number, little-endian. */
export function writeU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
}

/** The little-endian 32 bits at byte `offset`, as a signed number: for bit operations. */
export function readBits32(bytes: Uint8Array, offset: number): number {
  return readU16(bytes, offset) | (readU16(bytes, offset + 2) << 16);
}

/** Write 32 bits, little-endian. */
export function writeBits32(bytes: Uint8Array, offset: number, value: number): void {
  writeU16(bytes, offset, value);
  writeU16(bytes, offset + 2, value >>> 16);
}

/** The binary16 at byte `offset`. */
export function readF16(bytes: Uint8Array, offset: number): number {
  return f16ToF32(readU16(bytes, offset));
}

/** Write the binary16 nearest to `value`, saturating, and return what will be read back. */
export function writeF16(bytes: Uint8Array, offset: number, value: number): number {
  const half = f32ToFiniteF16(value);
  writeU16(bytes, offset, half);
  return f16ToF32(half);
}

/** The f32 at byte `offset`, which need not be aligned. */
export function readF32(bytes: Uint8Array, offset: number): number {
  word[0] = readBits32(bytes, offset);
  return float[0] ?? 0;
}

/** Write the f32 nearest to `value`, and return what will be read back. */
export function writeF32(bytes: Uint8Array, offset: number, value: number): number {
  float[0] = value;
  writeBits32(bytes, offset, word[0] ?? 0);
  return float[0];
}
