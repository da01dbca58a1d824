import { checkIndices } from '../check';
import type { GateFunction } from '../ops';
import type { OpOf } from '../operands';
import { decodeWeightRow, rowOf, type Run } from './memory';

/** @see Op `decodeRows` */
export function decodeRows(op: OpOf<'decodeRows'>, { counts, memory }: Run): void {
  const ids = memory.indices(op.ids).subarray(0, counts.tokens);
  const out = memory.values(op.out);
  checkIndices(ids, op.weights.shape.rows, 'id', op);
  ids.forEach((id, token) =>
    decodeWeightRow(memory, op.weights, id, rowOf(out, token, op.weights.shape.columns)),
  );
}

/** @see Op `rmsNorm` */
export function rmsNorm(op: OpOf<'rmsNorm'>, { counts, memory }: Run): void {
  const input = memory.values(op.input);
  const weights = memory.values(op.weights);
  const out = memory.values(op.out);
  for (let part = 0; part < counts[op.count] * op.groups; part++) {
    const row = rowOf(input, part, op.width);
    const meanSquare = row.reduce((sum, value) => sum + value * value, 0) / op.width;
    const factor = 1 / Math.sqrt(meanSquare + op.epsilon);
    row.forEach((value, column) => (out[part * op.width + column] = value * factor * (weights[column] ?? 0)));
  }
}

/** @see Op `scaleRows` */
export function scaleRows(op: OpOf<'scaleRows'>, { counts, memory }: Run): void {
  const data = memory.values(op.data);
  const factors = memory.values(op.factors);
  for (let token = 0; token < counts.tokens; token++) {
    const row = rowOf(data, token, op.width);
    row.set(row.map((value) => value * (factors[token] ?? 0)));
  }
}

/** @see Op `add` */
export function add(op: OpOf<'add'>, { counts, memory }: Run): void {
  const data = memory.values(op.data);
  const addend = memory.values(op.addend);
  for (let i = 0; i < counts.tokens * op.width; i++) data[i] = (data[i] ?? 0) + (addend[i] ?? 0);
}

/** @see Op `selectRows` */
export function selectRows(op: OpOf<'selectRows'>, { counts, memory }: Run): void {
  const input = memory.values(op.input);
  const out = memory.values(op.out);
  const rows = memory.indices(op.rows).subarray(0, counts.outputs);
  checkIndices(rows, counts.tokens, 'row', op);
  rows.forEach((row, place) => out.set(rowOf(input, row, op.width), place * op.width));
}

const gateFunctions: Readonly<Record<GateFunction, (x: number) => number>> = {
  silu: (x) => x / (1 + Math.exp(-x)),
  // Hendrycks and Gimpel, Gaussian Error Linear Units, 2016: the approximation with tanh.
  gelu: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  relu: (x) => Math.max(0, x),
};

/** @see Op `gate` */
export function gate(op: OpOf<'gate'>, { counts, memory }: Run): void {
  const gates = memory.values(op.gate);
  const up = memory.values(op.up);
  const out = memory.values(op.out);
  const apply = gateFunctions[op.function];
  const length = counts.tokens * op.perToken * op.width;
  for (let i = 0; i < length; i++) out[i] = apply(gates[i] ?? 0) * (up[i] ?? 0);
}
