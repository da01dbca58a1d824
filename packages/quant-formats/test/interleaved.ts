import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesPerRow, type FormatDefinition, type Interleaving } from '../src/format';
import { repackRows } from '../src/interleave/repack';
import { decodeRows, encodeRows } from '../src/rows';
import { goldenInputs, readInterleavedCoding, readInterleavedRows, singleRows } from './goldens';
import { relativeWeightedSquareError } from './square-error';

/** Few, because each has thousands of bits that all go their way. */
const RUNS = { numRuns: 10, endOnFailure: true };

function decode(format: FormatDefinition, bytes: Uint8Array, columns: number): Float32Array {
  const out = new Float32Array((bytes.length / bytesPerRow(format, columns)) * columns).fill(NaN);
  decodeRows(format, bytes, columns, out);
  return out;
}

/** The bits of a row, so that NaN payloads and the signs of zeros count. */
function bitsOf(row: Float32Array): Uint32Array {
  return new Uint32Array(row.buffer, row.byteOffset, row.length);
}

/** What every format must keep whose rows are interleaved. */
export function testInterleaved(format: FormatDefinition, interleaved: Interleaving): void {
  testMoves(format, interleaved);
  testEncode(format, interleaved);
  // Single rows of the same name are no type of files.
  if (interleaved.single.name !== format.name) testGoldenRepacking(format, interleaved);
  else testGoldenCoding(format, interleaved);
}

function testMoves(format: FormatDefinition, interleaving: Interleaving): void {
  const { rows, single } = interleaving;
  const columns = 2 * format.blockLength;
  const bytesOf = (each: FormatDefinition) => {
    const length = rows * bytesPerRow(each, columns);
    return fc.uint8Array({ minLength: length, maxLength: length });
  };
  const interleaved = (singles: Uint8Array) => {
    const out = new Uint8Array(rows * bytesPerRow(format, columns)).fill(0xa5);
    interleaving.interleave(singles, columns, out);
    return out;
  };
  const deinterleaved = (bytes: Uint8Array) => {
    const out = new Uint8Array(rows * bytesPerRow(single, columns)).fill(0xa5);
    interleaving.deinterleave(bytes, columns, out);
    return out;
  };

  test('interleaved rows taken apart and interleaved again are the same bytes', () => {
    fc.assert(
      fc.property(bytesOf(format), (bytes) => {
        expect(interleaved(deinterleaved(bytes))).toEqual(bytes);
      }),
      RUNS,
    );
  });

  test('single rows interleaved and taken apart are the same bytes, but for what follows from the rest', () => {
    fc.assert(
      fc.property(bytesOf(single), (bytes) => {
        const again = deinterleaved(interleaved(bytes));
        // Taken apart, rows are complete.
        expect(deinterleaved(interleaved(again))).toEqual(again);
        if (bytesPerRow(single, columns) === bytesPerRow(format, columns)) expect(again).toEqual(bytes);
      }),
      RUNS,
    );
  });

  test('any bytes decode to what their single rows decode to', () => {
    fc.assert(
      fc.property(bytesOf(format), (bytes) => {
        expect(bitsOf(decode(format, bytes, columns))).toEqual(
          bitsOf(decode(single, deinterleaved(bytes), columns)),
        );
      }),
      RUNS,
    );
  });
}

function testEncode(format: FormatDefinition, interleaved: Interleaving): void {
  const { rows, single } = interleaved;
  test('rows are encoded as single ones, and interleaved', () => {
    const { columns, weights, importance } = realRows(rows);
    const singles = new Uint8Array(rows * bytesPerRow(single, columns));
    encodeRows(single, weights, columns, importance, singles);
    const expected = new Uint8Array(rows * bytesPerRow(format, columns));
    interleaved.interleave(singles, columns, expected);
    const found = new Uint8Array(expected.length);
    encodeRows(format, weights, columns, importance, found);
    expect(found).toEqual(expected);
  });
}

/** The rows of `real` as often as they are needed, and their importance. */
function realRows(rows: number) {
  const real = goldenInputs.find(({ importance }) => importance !== undefined);
  if (real === undefined) throw new Error('No rows with importance');
  const weights = Float32Array.from(
    { length: rows * real.columns },
    (_, i) => real.weights[i % real.weights.length] ?? NaN,
  );
  return { columns: real.columns, weights, importance: real.importance };
}

function testGoldenRepacking(format: FormatDefinition, { single }: Interleaving): void {
  const { bytes: singles, columns } = singleRows(single);
  const expected = readInterleavedRows(format, singles.length / bytesPerRow(single, columns), columns);

  test("interleaves the peer's rows to the peer's bytes, and takes these apart", () => {
    const interleaved = new Uint8Array(expected.length);
    repackRows(single, format, singles, columns, interleaved);
    expect(interleaved).toEqual(expected);
    const deinterleaved = new Uint8Array(singles.length);
    repackRows(format, single, expected, columns, deinterleaved);
    expect(deinterleaved).toEqual(singles);
  });
}

function testGoldenCoding(format: FormatDefinition, { rows }: Interleaving): void {
  const { columns, weights, importance } = realRows(rows);
  const { bytes, decoded } = readInterleavedCoding(format, rows, columns);

  test("decodes the peer's bytes to the peer's weights, bit for bit", () => {
    expect(bitsOf(decode(format, bytes, columns))).toEqual(bitsOf(decoded));
  });

  test("the error is not above the peer's", () => {
    const ours = new Uint8Array(bytes.length);
    encodeRows(format, weights, columns, importance, ours);
    expect(
      relativeWeightedSquareError(weights, decode(format, ours, columns), importance),
    ).toBeLessThanOrEqual(relativeWeightedSquareError(weights, decoded, importance));
  });
}
