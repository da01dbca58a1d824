import { bytesPerRow, formats, type FormatName } from '@halftone/quant-formats';
import { describe, expect, test } from 'vitest';
import type { Device } from '../../src/index';
import { noise } from '../rows';
import { matrixOf, singleRowFormats, Tools, type Matrix } from './tools';

/** Rows of inputs that devices multiply one by one, and by tiles. */
const counts = [3, 9];

function matrixFor(format: FormatName, rows: number): Matrix {
  const { blockLength } = formats[format];
  return matrixOf(format, rows, blockLength === 1 ? 523 : blockLength * Math.ceil(520 / blockLength));
}

async function multiply(device: Device, matrix: Matrix, numbers: Float32Array): Promise<Float32Array> {
  const tools = new Tools(device);
  const tokens = numbers.length / matrix.columns;
  const out = await tools.result(tokens * matrix.rows);
  const products = [{ weights: await tools.weights(matrix), out }];
  const input = await tools.values(numbers);
  await tools.run([{ op: 'matmul', count: 'tokens', input, products }], { tokens });
  const found = await tools.numbersOf(out);
  tools.releaseAll();
  return found;
}

function onlyRow(matrix: Matrix, row: number): Matrix {
  const length = bytesPerRow(formats[matrix.format], matrix.columns);
  return { ...matrix, rows: 1, bytes: matrix.bytes.slice(row * length, (row + 1) * length) };
}

/** What a product has to do with the other rows, of weights and of inputs: nothing. */
export function testProductRows(device: Promise<Device>): void {
  describe.each(singleRowFormats)('matmul: %s', (format) => {
    test('a row of inputs that is not finite spoils no other', async () => {
      const matrix = matrixFor(format, 5);
      const { columns } = matrix;
      for (const count of counts) {
        const input = noise(count * columns, 5);
        const isSpoiled = (i: number): boolean => Math.floor(i / 5) === 1;
        const before = await multiply(await device, matrix, input);
        for (const value of [NaN, Infinity]) {
          // Infinity twice, with both signs, comes to NaN or an infinity in every arithmetic.
          input.set([value, -value], columns + 40);
          const out = await multiply(await device, matrix, input);
          expect(out.filter((x, i) => isSpoiled(i) && Number.isFinite(x))).toHaveLength(0);
          expect(out.filter((_, i) => !isSpoiled(i))).toEqual(before.filter((_, i) => !isSpoiled(i)));
        }
      }
    });

    test('the bits do not depend on the other rows of weights', async () => {
      const matrix = matrixFor(format, 77);
      for (const count of counts) {
        const input = noise(count * matrix.columns, 5);
        const out = await multiply(await device, matrix, input);
        for (const row of [0, 33, 76]) {
          const alone = await multiply(await device, onlyRow(matrix, row), input);
          expect(alone).toEqual(out.filter((_, i) => i % 77 === row));
        }
      }
    });
  });
}
