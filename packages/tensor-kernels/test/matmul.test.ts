import {
  bytesPerRow,
  decodeRows,
  encodeRows,
  formatNames,
  formats,
  type FormatName,
} from '@halftone/quant-formats';
import { describe, expect, test } from 'vitest';
import { backendReport, nativeInstructionSets } from '../src/node';
import { nativeDevice } from '../src/node-device';
import type { Device } from '../src/index';
import { noise } from './rows';

const [native] = await backendReport();

/**
 * How far a product may be from the exact one, as a part of |w| |x|, the lengths of the row of weights and of inputs. Rounding inputs
 * by runs of 32 to 16383 steps costs at most 0.5 / 16383 * sqrt(32) of it, and what iq6_k's codebook is off, a tenth of that.
 */
const MAX_ROUNDED_ERROR = 2e-4;

/** Root mean square error of products of ordinary numbers, as a part of the root mean square of their sums' terms. */
const MAX_TYPICAL_ERROR = 4e-4;

/** The same where nothing is rounded but floats. */
const MAX_FLOAT_ERROR = 1e-6;

interface Matrix {
  readonly format: FormatName;
  readonly rows: number;
  readonly columns: number;
  readonly bytes: Uint8Array;
}

function encoded(format: FormatName, rows: number, columns: number): Matrix {
  const bytes = new Uint8Array(rows * bytesPerRow(formats[format], columns));
  const importance = new Float32Array(columns).fill(1);
  encodeRows(formats[format], noise(rows * columns, 3), columns, importance, bytes);
  return { format, rows, columns, bytes };
}

/** A row of each byte, with the super scale 1: codes and scales as large as they can be. */
function extreme(format: FormatName, columns: number): Matrix {
  const fills = [0, 255, 15, 240, 128, 127];
  const { layout, bytesPerBlock, rowPrefixBytes } = formats[format];
  const rowBytes = bytesPerRow(formats[format], columns);
  const bytes = new Uint8Array(fills.length * rowBytes);
  const view = new DataView(bytes.buffer);
  fills.forEach((fill, row) => {
    bytes.fill(fill, row * rowBytes, (row + 1) * rowBytes);
    const prefix = layout.rowPrefix.find(({ name }) => name === 'd');
    if (prefix) view.setFloat32(row * rowBytes + prefix.offsetBytes, 1, true);
    const field = layout.block.find(({ name }) => name === 'd');
    if (field?.as !== 'f16') return;
    for (let at = row * rowBytes + rowPrefixBytes; at < (row + 1) * rowBytes; at += bytesPerBlock)
      view.setUint16(at + field.offsetBytes, 0x3c00, true);
  });
  return { format, rows: fills.length, columns, bytes };
}

function onlyRow({ format, columns, bytes }: Matrix, row: number): Matrix {
  const rowBytes = bytesPerRow(formats[format], columns);
  return { format, rows: 1, columns, bytes: bytes.slice(row * rowBytes, (row + 1) * rowBytes) };
}

/** `out` (count, rows) = `input` (count, columns) times the transpose of the matrix, plus `bias`. */
async function multiply(
  device: Device,
  matrix: Matrix,
  input: Float32Array,
  bias?: Float32Array,
): Promise<Float32Array> {
  const { format, rows, columns, bytes } = matrix;
  const count = input.length / columns;
  const weights = await device.loadWeights(
    { format, rows, columns, experts: 1 },
    { read: () => Promise.resolve(bytes) },
  );
  const values = device.allocateValues(input.length);
  const out = device.allocateValues(count * rows);
  await device.write(values, input);
  const added = bias && device.allocateValues(rows);
  if (added) await device.write(added, bias);
  const product = added ? { weights, out, bias: added } : { weights, out };
  const program = device.compile([{ op: 'matmul', count: 'tokens', input: values, products: [product] }]);
  await device.run(program, { tokens: count, outputs: 0 });
  const result = new Float32Array(out.length);
  await device.read(out, result);
  for (const handle of [weights, values, out, program]) device.release(handle);
  return result;
}

interface Errors {
  /** The largest error, as a part of |w| |x|. */
  readonly largest: number;
  /** Root mean square of the errors, as a part of that of the terms' lengths. */
  readonly typical: number;
}

/** Errors against the products of decoded weights in double precision. */
function errorsOf(
  matrix: Matrix,
  input: Float32Array,
  bias: Float32Array | undefined,
  out: Float32Array,
): Errors {
  const { format, rows, columns, bytes } = matrix;
  const weights = new Float32Array(rows * columns);
  decodeRows(formats[format], bytes, columns, weights);
  let largest = 0;
  let squares = 0;
  let terms = 0;
  out.forEach((found, i) => {
    const [x, w] = [Math.floor(i / rows) * columns, (i % rows) * columns];
    let sum = bias?.[i % rows] ?? 0;
    let [ww, xx, products] = [0, 0, 0];
    for (let column = 0; column < columns; column++) {
      const [a, b] = [input[x + column] ?? NaN, weights[w + column] ?? NaN];
      sum += a * b;
      ww += b * b;
      xx += a * a;
      products += a * a * b * b;
    }
    const error = Math.abs(found - sum);
    largest = Math.max(largest, error / Math.sqrt(ww * xx || 1));
    squares += error * error;
    terms += products;
  });
  return { largest, typical: Math.sqrt(squares / (terms || 1)) };
}

const floats: readonly string[] = formatNames.filter((name) => formats[name].blockLength === 1);
const quantized = formatNames.filter((name) => !floats.includes(name));

/** Columns that end within a block of 256 where the format allows it. */
function unevenColumns(format: FormatName): number {
  const { blockLength } = formats[format];
  return blockLength === 1 ? 523 : blockLength * Math.ceil(700 / blockLength);
}

describe.skipIf(native?.isAvailable !== true).each(nativeInstructionSets())('products by %s', (set) => {
  const device = nativeDevice('under test', { threads: 1 }, set);

  test.each(formatNames)('%s: near the exact ones, for any number of tokens and rows', async (format) => {
    const limits = floats.includes(format)
      ? { largest: MAX_FLOAT_ERROR, typical: MAX_FLOAT_ERROR }
      : { largest: MAX_ROUNDED_ERROR, typical: MAX_TYPICAL_ERROR };
    const columns = unevenColumns(format);
    for (const rows of [1, 3, 70]) {
      const matrix = encoded(format, rows, columns);
      const bias = noise(rows, 7);
      for (const count of [1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 29]) {
        const input = noise(count * columns, 5).map((value, i) => (i % 41 === 0 ? 30 * value : value));
        const out = await multiply(device, matrix, input, bias);
        const { largest, typical } = errorsOf(matrix, input, bias, out);
        expect(largest).toBeLessThan(limits.largest);
        expect(typical).toBeLessThan(limits.typical);
      }
    }
  });

  test.each(quantized)('%s: no sum overflows', async (format) => {
    const matrix = extreme(format, 2 * formats[format].blockLength);
    const { columns } = matrix;
    const tokens = [1, -1, 1e30, 1e-30, 3].map((value) => new Float32Array(columns).fill(value));
    tokens.push(Float32Array.from({ length: columns }, (_, column) => (column % 2 === 0 ? 1 : -1)));
    for (const count of [1, tokens.length]) {
      const input = Float32Array.from(tokens.slice(0, count).flatMap((token) => [...token]));
      const out = await multiply(device, matrix, input);
      expect(errorsOf(matrix, input, undefined, out).largest).toBeLessThan(MAX_ROUNDED_ERROR);
    }
  });

  test.each(formatNames)('%s: a token that is not finite spoils no other', async (format) => {
    const columns = unevenColumns(format);
    const matrix = encoded(format, 5, columns);
    for (const count of [3, 9]) {
      const input = noise(count * columns, 5);
      const before = await multiply(device, matrix, input);
      const expected = before.map((value, i) => (Math.floor(i / 5) === 1 ? NaN : value));
      for (const value of [NaN, Infinity]) {
        // Infinity twice, with both signs, comes to NaN in every arithmetic.
        input.set([value, -value], columns + 40);
        const out = await multiply(device, matrix, input);
        expect(out.map((x, i) => (Math.floor(i / 5) === 1 && !Number.isFinite(x) ? NaN : x))).toEqual(
          expected,
        );
      }
    }
  });

  test.each(formatNames)('%s: the bits depend neither on threads nor on the other rows', async (format) => {
    const columns = unevenColumns(format);
    const matrix = encoded(format, 77, columns);
    const threads = nativeDevice('under test', { threads: 3 }, set);
    for (const count of [1, 4, 9]) {
      const input = noise(count * columns, 5);
      const out = await multiply(device, matrix, input);
      expect(await multiply(threads, matrix, input)).toEqual(out);
      for (const row of [0, 33, 76]) {
        const alone = await multiply(device, onlyRow(matrix, row), input);
        expect(alone).toEqual(out.filter((_, i) => i % 77 === row));
      }
    }
    await threads.close();
  });
});
