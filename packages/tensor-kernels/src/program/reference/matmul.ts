import type { Weights } from '../../device/device';
import { checkIndices } from '../check';
import type { OpOf } from '../operands';
import { decodeWeightRow, rowOf, type Memory, type Run } from './memory';

/** Rows of a weight that are decoded together: each value of the input that is read serves all of them. */
const ROWS = 4;

/** @see Op `matmul` */
export function matmul(op: OpOf<'matmul'>, { counts, memory }: Run): void {
  const input = memory.values(op.input);
  for (const { weights, out, bias } of op.products) {
    const { rows, columns } = weights.shape;
    const target = memory.values(out);
    const added = bias && memory.values(bias);
    eachFourRows(memory, weights, 0, (first, block, count) => {
      for (let token = 0; token < counts[op.count]; token++) {
        const sums = dotFour(block, input, token * columns, columns);
        for (let row = 0; row < count; row++) {
          target[token * rows + first + row] = (sums[row] ?? 0) + (added?.[first + row] ?? 0);
        }
      }
    });
  }
}

/** @see Op `expertMatmul` */
export function expertMatmul(op: OpOf<'expertMatmul'>, { counts, memory }: Run): void {
  const input = memory.values(op.input);
  const ids = memory.indices(op.ids).subarray(0, counts.tokens * op.used);
  for (const { weights, out } of op.products) {
    const { rows, columns, experts } = weights.shape;
    checkIndices(ids, experts, 'expert', op);
    const target = memory.values(out);
    for (let expert = 0; expert < experts; expert++) {
      if (!ids.includes(expert)) continue;
      eachFourRows(memory, weights, expert, (first, block, count) => {
        ids.forEach((id, place) => {
          if (id !== expert) return;
          const from = op.inputPerExpert ? place : Math.floor(place / op.used);
          const sums = dotFour(block, input, from * columns, columns);
          for (let row = 0; row < count; row++) target[place * rows + first + row] = sums[row] ?? 0;
        });
      });
    }
  }
}

/** Decode the matrix of one expert, four rows at a time; rows that there are not are zero. */
function eachFourRows(
  memory: Memory,
  weights: Weights,
  expert: number,
  work: (first: number, block: Float32Array, count: number) => void,
): void {
  const { rows, columns } = weights.shape;
  const block = new Float32Array(ROWS * columns);
  for (let first = 0; first < rows; first += ROWS) {
    const count = Math.min(ROWS, rows - first);
    for (let row = 0; row < count; row++) {
      decodeWeightRow(memory, weights, expert * rows + first + row, rowOf(block, row, columns));
    }
    work(first, block, count);
  }
}

const sums = new Float64Array(ROWS);

/** The products of four rows with the row of `input` that begins at `start`, in double precision; good until the next call. */
function dotFour(block: Float32Array, input: Float32Array, start: number, columns: number): Float64Array {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let column = 0; column < columns; column++) {
    const x = input[start + column] ?? 0;
    a += x * (block[column] ?? 0);
    b += x * (block[columns + column] ?? 0);
    c += x * (block[2 * columns + column] ?? 0);
    d += x * (block[3 * columns + column] ?? 0);
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
  return sums;
}
