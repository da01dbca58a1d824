import type { Cache } from '../../device/device';
import { checkIndices, checkSpans } from '../check';
import type { OpOf } from '../operands';
import { decodeCell, encodeCell, rowOf, type Memory, type Run } from './memory';

/** @see Op `storeRows` */
export function storeRows(op: OpOf<'storeRows'>, { counts, memory }: Run): void {
  const input = memory.values(op.input);
  const cells = memory.indices(op.cells).subarray(0, counts.tokens);
  checkIndices(cells, op.cache.cells, 'cell', op);
  cells.forEach((cell, token) => encodeCell(memory, op.cache, cell, rowOf(input, token, op.cache.width)));
}

/** @see Op `attention` */
export function attention(op: OpOf<'attention'>, { counts, memory }: Run): void {
  const headLength = op.keys.width / op.keyValueHeads;
  const valueLength = op.values.width / op.keyValueHeads;
  const query = memory.values(op.query);
  const out = memory.values(op.out);
  const list = memory.indices(op.cells);
  const spans = memory.indices(op.spans).subarray(0, 2 * counts.tokens);
  checkSpans(spans, list.length, op);
  const seen = (token: number): Int32Array => {
    const start = spans[2 * token] ?? 0;
    return list.subarray(start, start + (spans[2 * token + 1] ?? 0));
  };
  const decoded = decodeSeen(
    memory,
    op,
    Array.from({ length: counts.tokens }, (_, token) => seen(token)),
  );
  for (let token = 0; token < counts.tokens; token++) {
    const cells = seen(token);
    for (let head = 0; head < op.heads; head++) {
      const place = token * op.heads + head;
      const shared = Math.floor((head * op.keyValueHeads) / op.heads);
      const keys = cells.map((cell) => cell * op.keys.width + shared * headLength);
      const shares = softmax(scores(rowOf(query, place, headLength), decoded.keys, keys, op.scale));
      const values = cells.map((cell) => cell * op.values.width + shared * valueLength);
      addShares(shares, decoded.values, values, rowOf(out, place, valueLength));
    }
  }
}

/** Keys and values (cells, width) of all cells that a token sees; the others are zero. */
function decodeSeen(
  memory: Memory,
  op: OpOf<'attention'>,
  lists: readonly Int32Array[],
): { keys: Float32Array; values: Float32Array } {
  const cells = new Set(lists.flatMap((list) => [...list]));
  checkIndices(Int32Array.from(cells), op.keys.cells, 'cell', op);
  const decode = (cache: Cache): Float32Array => {
    const rows = new Float32Array(cache.cells * cache.width);
    for (const cell of cells) decodeCell(memory, cache, cell, rowOf(rows, cell, cache.width));
    return rows;
  };
  return { keys: decode(op.keys), values: decode(op.values) };
}

/** The product of a query with the key at each of `places`, times `scale`. */
function scores(query: Float32Array, keys: Float32Array, places: Int32Array, scale: number): Float64Array {
  return Float64Array.from(places, (place) => {
    let sum = 0;
    for (let i = 0; i < query.length; i++) sum += (query[i] ?? 0) * (keys[place + i] ?? 0);
    return scale * sum;
  });
}

function softmax(scores: Float64Array): Float64Array {
  const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** `out` = the sum of the values at `places`, each times its share. */
function addShares(shares: Float64Array, values: Float32Array, places: Int32Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let cell = 0; cell < places.length; cell++)
      sum += (shares[cell] ?? 0) * (values[(places[cell] ?? 0) + i] ?? 0);
    out[i] = sum;
  }
}
