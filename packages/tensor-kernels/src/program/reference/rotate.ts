import type { Rotation } from '../ops';
import { checkIndices } from '../check';
import type { OpOf } from '../operands';
import { decodeCell, encodeCell, rowOf, type Memory, type Run } from './memory';

/** @see Op `rotate` */
export function rotate(op: OpOf<'rotate'>, { counts, memory }: Run): void {
  const data = memory.values(op.data);
  const positions = memory.indices(op.positions);
  const width = op.heads * op.rotation.headLength;
  for (let token = 0; token < counts.tokens; token++) {
    turn(rowOf(data, token, width), positions[token] ?? 0, op.rotation, memory);
  }
}

/** @see Op `rotateCells` */
export function rotateCells(op: OpOf<'rotateCells'>, { counts, memory }: Run): void {
  const cells = memory.indices(op.cells).subarray(0, counts.tokens);
  const positions = memory.indices(op.positions);
  checkIndices(cells, op.cache.cells, 'cell', op);
  const row = new Float32Array(op.cache.width);
  cells.forEach((cell, place) => {
    decodeCell(memory, op.cache, cell, row);
    turn(row, positions[place] ?? 0, op.rotation, memory);
    encodeCell(memory, op.cache, cell, row);
  });
}

/** Turn every head of a row. Source: Su et al., RoFormer, 2021, equation 34. */
function turn(row: Float32Array, position: number, rotation: Rotation, memory: Memory): void {
  const frequencies = memory.values(rotation.frequencies);
  const half = rotation.rotated / 2;
  for (let start = 0; start < row.length; start += rotation.headLength) {
    for (let pair = 0; pair < half; pair++) {
      const angle = position * (frequencies[pair] ?? 0);
      const cosine = Math.cos(angle) * rotation.magnitude;
      const sine = Math.sin(angle) * rotation.magnitude;
      const first = start + (rotation.pairing === 'adjacent' ? 2 * pair : pair);
      const second = first + (rotation.pairing === 'adjacent' ? 1 : half);
      const x = row[first] ?? 0;
      const y = row[second] ?? 0;
      row[first] = x * cosine - y * sine;
      row[second] = x * sine + y * cosine;
    }
  }
}
