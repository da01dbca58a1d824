/** Bell-shaped numbers, the same for the same seed. */
export function noise(length: number, seed: number): Float32Array {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length }, () => 0.02 * (random() + random() + random() + random() - 2));
}

/** Rows that no trained model has, one after another: each is a function of the column and of an ordinary weight. */
const edges: readonly ((column: number, weight: number) => number)[] = [
  () => 0,
  () => -0,
  () => 0.5,
  () => -1e-3,
  (column) => (column === 77 ? 4 : 0),
  (column, weight) => (column === 300 ? -1000 : weight),
  (column, weight) => (column % 64 < 32 ? 0 : weight),
  (_, weight) => weight * 1e-37,
  (_, weight) => weight * 1e-42,
  (_, weight) => weight * 1e-30,
  (_, weight) => weight * 1e-5,
  (_, weight) => weight * 1e4,
  (_, weight) => weight * 1e30,
  (_, weight) => Math.sign(weight) * 3.4e38,
  (column, weight) => weight * 10 ** ((column % 80) - 40),
  (column) => (column % 2 === 0 ? 1 : -1),
  (column) => (column % 33) - 16,
];

/** One row for each edge. */
export function edgeMatrix(columns: number): Float32Array {
  const matrix = noise(edges.length * columns, 9);
  return matrix.map((weight, i) => edges[Math.floor(i / columns)]?.(i % columns, weight) ?? NaN);
}

/** None, and importance of every kind: even, uneven, none at all, none for whole blocks, tiny, huge. */
export function importances(columns: number, blockLength: number): (Float32Array | undefined)[] {
  const uneven = noise(columns, 4).map((value) => value ** 2);
  return [
    undefined,
    new Float32Array(columns),
    new Float32Array(columns).fill(3),
    uneven,
    uneven.map((value, column) => (Math.floor(column / blockLength) % 2 === 0 ? 0 : value)),
    uneven.map((value, column) => (column % 3 === 0 ? 0 : value)),
    uneven.map((value) => value * 1e-36),
    uneven.map((value) => value * 1e36),
  ];
}
