import { bytesPerRow, decodeRows, encodeRows, formats, type FormatName } from '@halftone/quant-formats';
import { expect, test } from 'vitest';
import { checkWeightBytes } from '../src/device/check';
import { asSingleRows } from '../src/device/single-rows';
import { noise } from './rows';

const columns = 256;

test.each([
  ['q4_k_r4', 4, 'q4_K'],
  ['q8_KV_r8', 8, 'q8_KV'],
  // ggml has no type for single rows of this kind.
  ['iq1_s_r4', 4, 'f32'],
  ['q6_K', 3, 'q6_K'],
] as const)('%s is loaded by single rows: %d rows of %s', (name, rows, single) => {
  const bytes = new Uint8Array(rows * bytesPerRow(formats[name], columns));
  encodeRows(formats[name], noise(rows * columns, 1), columns, new Float32Array(columns).fill(1), bytes);
  const weightsOf = (format: FormatName, packed: Uint8Array) => {
    const weights = new Float32Array(rows * columns);
    decodeRows(formats[format], packed, columns, weights);
    return weights;
  };
  const found = asSingleRows({ format: name, rows, columns, experts: 1 }, bytes);
  expect(found.shape).toEqual({ format: single, rows, columns, experts: 1 });
  expect(weightsOf(single, found.bytes)).toEqual(weightsOf(name, bytes));
});

test('a matrix has as many rows as stand together, or a multiple', () => {
  const shape = { format: 'q8_0_r8', rows: 12, columns: 32, experts: 2 } as const;
  expect(() => checkWeightBytes(shape, 24 * 34)).toThrow('rows of q8_0_r8 stand together (found 12 rows');
});
