import { describe, expect, test } from 'vitest';
import { formats, type FormatDefinition } from '../src';
import { MAX_BF16 } from '../src/numeric/bf16';
import { f16ToF32, f32ToF16, MAX_F16 } from '../src/numeric/f16';

const allHalves = Array.from({ length: 0x10000 }, (_, half) => half);
const finiteHalves = allHalves.filter((half) => (half & 0x7c00) !== 0x7c00);

/** IEEE 754, section 3.4, in doubles: -1^sign * 2^(exponent - 15) * 1.fraction, or 0.fraction when the exponent is zero. */
function definitionOfF16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = (half & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * 2 ** -14 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction);
}

/** One f32 step further from zero. */
function nextF32(value: number): number {
  const word = new Uint32Array(Float32Array.of(value).buffer);
  word[0] = (word[0] ?? 0) + 1;
  return new Float32Array(word.buffer)[0] ?? NaN;
}

function encodeOne(format: FormatDefinition, value: number): number {
  const bytes = new Uint8Array(2);
  format.encodeRow?.(Float32Array.of(value), undefined, bytes);
  return new DataView(bytes.buffer).getUint16(0, true);
}

describe('f16', () => {
  test('each of the 65,536 numbers decodes by its definition', () => {
    const wrong = allHalves.filter((half) => !Object.is(f16ToF32(half), definitionOfF16(half)));
    expect(wrong).toEqual([]);
  });

  test('each finite number encodes to itself', () => {
    expect(finiteHalves.filter((half) => f32ToF16(f16ToF32(half)) !== half)).toEqual([]);
  });

  test('between neighbours, the middle goes to the even one and a step beyond it to the nearer one', () => {
    const wrong = finiteHalves.filter((half) => {
      const upper = half + 1;
      // The neighbour of the largest number, if the exponents went on, is 65536.
      const step = (half & 0x7fff) === 0x7bff ? Math.sign(f16ToF32(half)) * 65536 : f16ToF32(upper);
      const middle = (f16ToF32(half) + step) / 2;
      const even = half & 1 ? upper : half;
      return f32ToF16(middle) !== even || f32ToF16(nextF32(middle)) !== upper;
    });
    expect(wrong).toEqual([]);
  });

  test('infinities and NaN stay what they are', () => {
    expect([Infinity, -Infinity].map(f32ToF16)).toEqual([0x7c00, 0xfc00]);
    expect(f16ToF32(f32ToF16(NaN))).toBeNaN();
  });

  test('a row encodes weights beyond the range to the largest number', () => {
    expect([65520, -1e30].map((value) => f16ToF32(encodeOne(formats.f16, value)))).toEqual([
      MAX_F16,
      -MAX_F16,
    ]);
  });
});

describe('bf16', () => {
  test.each([
    ['1', 1, 0x3f80],
    ['-0', -0, 0x8000],
    ['the middle above an even number', 1 + 2 ** -8, 0x3f80],
    ['the middle above an odd number', 1 + 3 * 2 ** -8, 0x3f82],
    ['a step above the middle', 1 + 2 ** -8 + 2 ** -23, 0x3f81],
    ['a subnormal', 2 ** -133, 0x0001],
    ['the largest number', MAX_BF16, 0x7f7f],
    ['a finite weight beyond the range', -3.4028234e38, 0xff7f],
    ['infinity', Infinity, 0x7f80],
  ])('%s encodes as it should', (_case, value, expected) => {
    expect(encodeOne(formats.bf16, value)).toBe(expected);
  });

  test('a NaN becomes quiet and keeps its sign', () => {
    const signalling = new Float32Array(Uint32Array.of(0xff800001).buffer);
    const bytes = new Uint8Array(2);
    formats.bf16.encodeRow?.(signalling, undefined, bytes);
    expect([...bytes]).toEqual([0xc0, 0xff]);
  });

  test('each number is the upper half of an f32 and, unless it is a NaN, encodes to itself', () => {
    const bytes = new Uint8Array(Uint16Array.from(allHalves).buffer);
    const decoded = new Float32Array(allHalves.length);
    formats.bf16.decodeRow(bytes, decoded);
    const words = new Uint32Array(decoded.buffer);
    expect(allHalves.filter((half) => words[half] !== half * 0x10000)).toEqual([]);
    const isNotNan = (half: number) => (half & 0x7fff) <= 0x7f80;
    expect(
      allHalves.filter((half) => isNotNan(half) && encodeOne(formats.bf16, decoded[half] ?? NaN) !== half),
    ).toEqual([]);
  });
});

describe('f32', () => {
  test('keeps every bit, little-endian and at any alignment', () => {
    const bytes = Uint8Array.of(99, 0x01, 0x00, 0xc0, 0x7f, 0x00, 0x00, 0x80, 0xbf).subarray(1);
    const out = new Float32Array(2);
    formats.f32.decodeRow(bytes, out);
    expect(out[1]).toBe(-1);
    const again = new Uint8Array(8);
    formats.f32.encodeRow?.(out, undefined, again);
    expect(again).toEqual(Uint8Array.from(bytes));
  });
});
