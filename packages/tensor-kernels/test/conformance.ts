import { bytesPerRow, formatNames, formats, rowsTogether, type FormatName } from '@halftone/quant-formats';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyImportance, oddRow } from '../../quant-formats/test/arbitraries';
import { goldenInputs, readGoldens } from '../../quant-formats/test/goldens';
import type { Backend } from '../src/backend';
import { referenceBackend } from '../src/reference';
import {
  codingDifference,
  decodingDifference,
  firstDifference,
  usableImportance,
  type CodingArguments,
  type DecodingArguments,
} from './differences';
import { edgeMatrix, importances, noise } from './rows';

const reference = referenceBackend('to compare with');

/** What every backend must keep: the bits of the reference, for every format that it does not leave to the reference. */
export function testBackend(backend: Backend): void {
  describe(backend.describe(), () => {
    test('it runs formats itself, but for those without a kernel', () => {
      expect(backend.runs('q8_0')).toBe(backend.name);
    });

    for (const name of formatNames) {
      if (backend.runs(name) !== backend.name) continue;
      if (formats[name].interleaved === undefined) testFormat(backend, name);
      else testInterleaved(backend, name);
    }
    testErrors(backend);
    testFirstBeyond(backend);
  });
}

function testFormat(backend: Backend, name: FormatName): void {
  describe(name, () => {
    testDecode(backend, name);
    if (formats[name].encodeRow === undefined) {
      test('is read and not written', () => {
        const { blockLength } = formats[name];
        const out = new Uint8Array(bytesPerRow(formats[name], blockLength));
        expect(() =>
          backend.encodeRows(name, new Float32Array(blockLength), blockLength, undefined, out),
        ).toThrow(expect.objectContaining({ code: 'unsupported' }) as Error);
      });
    } else {
      testEncode(backend, name);
    }
  });
}

/** Interleaved rows stand on the single rows, which are tested by themselves. */
function testInterleaved(backend: Backend, name: FormatName): void {
  test(`${name}: interleaved rows`, () => {
    const columns = 2 * formats[name].blockLength;
    const rows = 2 * rowsTogether(formats[name]);
    const importance = noise(columns, 7).map((value) => value ** 2);
    expectSameCoding(backend, name, noise(rows * columns, 6), columns, importance);
    const bytes = Uint8Array.from(
      { length: rows * bytesPerRow(formats[name], columns) },
      (_, i) => i * i * 7,
    );
    expectSameDecoding(backend, name, bytes, columns, rows);
  });
}

function testEncode(backend: Backend, name: FormatName): void {
  const { blockLength } = formats[name];

  test.each(goldenInputs)('$name: encodes like the reference', ({ weights, columns, importance }) => {
    expectSameCoding(backend, name, weights, columns, importance);
  });

  test('edge rows, with every kind of importance', () => {
    const columns = 512;
    const weights = edgeMatrix(columns);
    for (const importance of importances(columns, blockLength)) {
      expectSameCoding(backend, name, weights, columns, importance);
    }
  });

  // 25 blocks of 32 and 3 of 256 leave lanes over, whatever the number of lanes.
  test.each(blockLength < 256 ? [1, 2, 3, 7, 17, 25] : [1, 2, 3])('rows of %d blocks', (blocks) => {
    const columns = blocks * blockLength;
    const weights = noise(5 * columns, blocks);
    const importance = noise(columns, blocks + 100).map((value) => value ** 2);
    expectSameCoding(backend, name, weights, columns, undefined);
    expectSameCoding(backend, name, weights, columns, importance);
  });

  test('any rows and any importance', () => {
    const columns = 3 * blockLength;
    fc.assert(
      fc.property(oddRow(columns), anyImportance(columns), (row, importance) => {
        expectSameCoding(backend, name, row, columns, importance);
      }),
      { numRuns: 30 },
    );
  });

  test('no rows at all', () => {
    expectSameCoding(backend, name, new Float32Array(0), blockLength, undefined);
  });

  test('a matrix that is larger than a window', () => {
    const columns = 16 * 256;
    const rows = 66;
    const weights = noise(rows * columns, 1);
    const bytes = new Uint8Array(rows * bytesPerRow(formats[name], columns));
    const decoded = new Float32Array(weights.length);
    const last = new Uint8Array(bytesPerRow(formats[name], columns));
    const importance = usableImportance(name, columns);
    backend.encodeRows(name, weights, columns, importance, bytes);
    backend.decodeRows(name, bytes, columns, decoded);
    reference.encodeRows(name, weights.subarray(-columns), columns, importance, last);
    expect(firstDifference(bytes.subarray(-last.length), last)).toBeUndefined();
    expectSameDecoding(backend, name, bytes, columns, rows);
  });

  test('lengths that do not fit are refused', () => {
    const out = new Uint8Array(bytesPerRow(formats[name], blockLength) + 1);
    const weights = new Float32Array(blockLength);
    const wrongLength = expect.objectContaining({ code: 'wrong-length' }) as Error;
    expect(() => backend.encodeRows(name, weights, blockLength, undefined, out)).toThrow(wrongLength);
    expect(() => backend.decodeRows(name, out, blockLength, weights)).toThrow(wrongLength);
    expect(() => backend.decodeRows(name, out.subarray(1), 0, weights)).toThrow(wrongLength);
  });
}

function testDecode(backend: Backend, name: FormatName): void {
  const { blockLength } = formats[name];

  test("decodes the peer's bytes like the reference", () => {
    for (const { bytes, columns, rows } of readGoldens(formats[name]) ?? []) {
      expectSameDecoding(backend, name, bytes, columns, rows);
    }
  });

  test('any bytes', () => {
    const columns = 3 * blockLength;
    const length = bytesPerRow(formats[name], columns);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: length, maxLength: length }), (bytes) => {
        expectSameDecoding(backend, name, bytes, columns, 1);
      }),
    );
  });
}

function expectSameCoding(backend: Backend, ...rows: CodingArguments): void {
  expect(codingDifference(backend, reference, ...rows)).toBeUndefined();
}

function expectSameDecoding(backend: Backend, ...rows: DecodingArguments): void {
  expect(decodingDifference(backend, reference, ...rows)).toBeUndefined();
}

function testErrors(backend: Backend): void {
  test.each([1, 2, 3, 4, 5, 11])('square errors of %d rows, to the bit', (rows) => {
    const columns = 333;
    const weights = noise(rows * columns, rows);
    const decoded = weights.map((weight, i) => weight + 1e-3 * Math.sin(i));
    for (const importance of [undefined, noise(columns, 5).map((value) => value ** 2)]) {
      expect(backend.squareErrors(weights, decoded, columns, importance)).toEqual(
        reference.squareErrors(weights, decoded, columns, importance),
      );
    }
  });

  test('square errors of a matrix that is larger than a window, and of a row that is', () => {
    const weights = noise(2 ** 19, 1);
    const decoded = noise(2 ** 19, 2);
    for (const columns of [2 ** 10, 2 ** 19]) {
      expect(backend.squareErrors(weights, decoded, columns, undefined)).toEqual(
        reference.squareErrors(weights, decoded, columns, undefined),
      );
    }
  });

  test('square errors of lengths that do not fit are refused', () => {
    const weights = new Float32Array(6);
    const wrongLength = expect.objectContaining({ code: 'wrong-length' }) as Error;
    expect(() => backend.squareErrors(weights, weights, 4, undefined)).toThrow(wrongLength);
    expect(() => backend.squareErrors(weights, new Float32Array(3), 3, undefined)).toThrow(wrongLength);
    expect(() => backend.squareErrors(weights, weights, 3, new Float32Array(2))).toThrow(wrongLength);
  });
}

function testFirstBeyond(backend: Backend): void {
  const limits = [0, 1, 65504, 0.1, 3.4028234663852886e38, Infinity];
  test.each(limits)('the first weight beyond %d', (limit) => {
    const weights = noise(3000, 3).map((value) => value * Math.min(limit, 1e30) * 0.1);
    expect(backend.firstBeyond(weights, limit)).toBe(reference.firstBeyond(weights, limit));
    for (const [place, bad] of [
      [2999, NaN],
      [1024, -Infinity],
      [1023, -limit],
      [5, limit * 1.0001],
    ] as const) {
      weights[place] = bad;
      expect(backend.firstBeyond(weights, limit)).toBe(reference.firstBeyond(weights, limit));
    }
  });

  test('the first weight beyond, after a whole window', () => {
    const weights = new Float32Array(2 ** 18 + 7);
    weights[2 ** 18 + 3] = 2;
    expect(backend.firstBeyond(weights, 1)).toBe(2 ** 18 + 3);
    expect(backend.firstBeyond(weights, 2)).toBeUndefined();
  });
}
