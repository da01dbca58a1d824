import { checkIndices } from '../check';
import type { OpOf } from '../operands';
import { rowOf, type Run } from './memory';

/** @see Op `routeExperts` */
export function routeExperts(op: OpOf<'routeExperts'>, { counts, memory }: Run): void {
  const logits = memory.values(op.logits);
  const ids = memory.indices(op.ids);
  const shares = memory.values(op.shares);
  for (let token = 0; token < counts.tokens; token++) {
    const row = rowOf(logits, token, op.experts);
    const all = sharesOf(op, row);
    const chosen = largestFirst(row).slice(0, op.used);
    const sum = op.normalize ? chosen.reduce((total, expert) => total + (all[expert] ?? 0), 0) : 1;
    chosen.forEach((expert, place) => {
      ids[token * op.used + place] = expert;
      shares[token * op.used + place] = ((all[expert] ?? 0) / sum) * op.scale;
    });
  }
}

/** The experts by their logits, which tell more than shares do: very different logits may round to one share. */
function largestFirst(logits: Float32Array): readonly number[] {
  const ranks = logits.map((logit) => (Number.isNaN(logit) ? -Infinity : logit));
  const rankOf = (expert: number): number => ranks[expert] ?? -Infinity;
  return [...ranks.keys()].sort((a, b) => (rankOf(a) === rankOf(b) ? a - b : rankOf(b) - rankOf(a)));
}

function sharesOf(op: OpOf<'routeExperts'>, logits: Float32Array): readonly number[] {
  if (op.gating === 'sigmoid') return Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** @see Op `combineExperts` */
export function combineExperts(op: OpOf<'combineExperts'>, { counts, memory }: Run): void {
  const input = memory.values(op.input);
  const shares = memory.values(op.shares);
  const out = memory.values(op.out);
  for (let token = 0; token < counts.tokens; token++) {
    for (let column = 0; column < op.width; column++) {
      let sum = 0;
      for (let place = token * op.used; place < (token + 1) * op.used; place++) {
        sum += (shares[place] ?? 0) * (input[place * op.width + column] ?? 0);
      }
      out[token * op.width + column] = sum;
    }
  }
}

/** @see Op `sumSquares` */
export function sumSquares(op: OpOf<'sumSquares'>, { counts, memory }: Run): void {
  const input = memory.values(op.input);
  const sums = memory.values(op.sums);
  for (let row = 0; row < counts[op.count]; row++) addSquares(rowOf(input, row, op.width), sums);
}

/** @see Op `sumExpertSquares` */
export function sumExpertSquares(op: OpOf<'sumExpertSquares'>, { counts, memory }: Run): void {
  const input = memory.values(op.input);
  const sums = memory.values(op.sums);
  const hits = memory.values(op.hits);
  const ids = memory.indices(op.ids).subarray(0, counts.tokens * op.used);
  checkIndices(ids, op.experts, 'expert', op);
  ids.forEach((expert, place) => {
    const from = op.inputPerExpert ? place : Math.floor(place / op.used);
    addSquares(rowOf(input, from, op.width), rowOf(sums, expert, op.width));
    hits[expert] = (hits[expert] ?? 0) + 1;
  });
}

function addSquares(row: Float32Array, sums: Float32Array): void {
  row.forEach((value, column) => (sums[column] = (sums[column] ?? 0) + value * value));
}
