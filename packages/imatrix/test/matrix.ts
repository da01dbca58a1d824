import type { ImportanceMatrix } from '../src/index';

/** An entry in plain numbers. */
export interface PlainEntry {
  readonly name: string;
  readonly sums: readonly number[];
  readonly counts: readonly number[];
}

/** An importance matrix from plain numbers. */
export function matrixOf(
  entries: readonly PlainEntry[],
  facts: Partial<Omit<ImportanceMatrix, 'entries'>> = {},
): ImportanceMatrix {
  const typed = entries.map(({ name, sums, counts }) => ({
    name,
    sums: Float64Array.from(sums),
    counts: Float64Array.from(counts),
  }));
  return {
    source: 'test',
    chunkCount: undefined,
    chunkSize: undefined,
    datasets: [],
    ...facts,
    entries: new Map(typed.map((entry) => [entry.name, entry])),
  };
}

/** The same, back in plain numbers. */
export function plainEntries({ entries }: ImportanceMatrix): PlainEntry[] {
  return [...entries.values()].map(({ name, sums, counts }) => ({
    name,
    sums: [...sums],
    counts: [...counts],
  }));
}
