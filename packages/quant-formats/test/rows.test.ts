import { describe, expect, test } from 'vitest';
import {
  bytesInFile,
  bytesPerRow,
  decodeRows,
  encodeRows,
  FormatError,
  formats,
  rowCount,
  type FormatDefinition,
} from '../src';

const format = formats.iq4_ks;
const columns = 512;
const rowBytes = bytesPerRow(format, columns);

/** Whole rows of the format, `more` bytes longer. */
function rowsOfBytes(rows: number, more = 0): Uint8Array {
  return new Uint8Array(rows * rowBytes + more);
}

test('a tensor has the bytes of its rows, or of its blocks and one prefix for all with padding', () => {
  expect(bytesInFile(formats.iq2_bn, 256, 6)).toBe(6 * (4 + 64));
  expect(bytesInFile(formats.i2_s, 256, 6)).toBe(6 * 64 + 32);
});

test('the rows of a tensor are those of all its experts', () => {
  expect(rowCount([256, 3, 2])).toBe(6);
  expect(rowCount([256])).toBe(1);
});

describe('decodeRows', () => {
  test('gives each row its own prefix and place', () => {
    const bytes = rowsOfBytes(2);
    // Row 0 has d = 1 and row 1 has d = 2; all scales and indices are 0: (0 - 127) * -127.
    bytes.set([0, 0, 0x80, 0x3f], 0);
    bytes.set([0, 0, 0, 0x40], rowBytes);
    const out = new Float32Array(2 * columns);
    decodeRows(format, bytes, columns, out);
    expect(out.subarray(0, columns).every((weight) => weight === 127 * 127)).toBe(true);
    expect(out.subarray(columns).every((weight) => weight === 2 * 127 * 127)).toBe(true);
  });

  test('takes no rows at all', () => {
    expect(() => decodeRows(format, new Uint8Array(0), columns, new Float32Array(0))).not.toThrow();
  });

  test.each([
    ['columns that are no multiple of the block', rowsOfBytes(1), 300, 300],
    ['no columns', rowsOfBytes(0), 0, 0],
    ['negative columns', rowsOfBytes(0), -512, 0],
    ['a fraction of a column', rowsOfBytes(1), 512.5, 512],
    ['NaN columns', rowsOfBytes(1), NaN, 512],
    ['an output that is no whole row', rowsOfBytes(1), columns, columns + 1],
    ['a byte too many', rowsOfBytes(1, 1), columns, columns],
    ['a byte too few', rowsOfBytes(1, -1), columns, columns],
  ])('refuses %s', (_case, bytes, width, weights) => {
    expect(() => decodeRows(format, bytes, width, new Float32Array(weights))).toThrow(
      expect.objectContaining({ name: 'FormatError', code: 'wrong-length' }),
    );
  });
});

describe('encodeRows', () => {
  const weights = new Float32Array(columns);

  test('names a format that can only be read', () => {
    const bytes = new Uint8Array(bytesPerRow(formats.i2_s, columns));
    expect(() => encodeRows(formats.i2_s, weights, columns, undefined, bytes)).toThrow(
      new FormatError('unsupported', 'i2_s can be decoded but not encoded'),
    );
  });

  test('refuses a format that needs importance and has none', () => {
    const needy: FormatDefinition = { ...formats.q8_0, importance: 'required' };
    const out = new Uint8Array(bytesPerRow(needy, columns));
    expect(() => encodeRows(needy, weights, columns, undefined, out)).toThrow(
      expect.objectContaining({ code: 'importance-required' }),
    );
    expect(() => encodeRows(needy, weights, columns, weights, out)).not.toThrow();
  });

  test.each([
    ['bytes', new Uint8Array(543), undefined],
    ['importance', new Uint8Array(544), new Float32Array(columns - 1)],
  ])('refuses %s of another length', (_case, out, importance) => {
    expect(() => encodeRows(formats.q8_0, weights, columns, importance, out)).toThrow(
      expect.objectContaining({ code: 'wrong-length' }),
    );
  });

  test('says what was found and what is allowed', () => {
    expect(() => encodeRows(formats.q8_0, weights, columns, undefined, new Uint8Array(543))).toThrow(
      'q8_0: bytes of 1 rows of 512 weights: wrong length (found 543, allowed 544).',
    );
  });
});
