import type { ImportanceEntry, ImportanceMatrix } from './types';

/** Rows in a chunk where a file does not tell: the context that llama-imatrix takes unless it is told another. */
export const DEFAULT_CHUNK_SIZE = 512;

/**
 * The same importance with counts in rows. A legacy file counts chunks and does not tell how many rows they had; what is
 * known already stays as it is.
 *
 * @param chunkSize - rows in a chunk: the context that the importance matrix was made with.
 */
export function withChunkSize(
  matrix: ImportanceMatrix,
  chunkSize: number = DEFAULT_CHUNK_SIZE,
): ImportanceMatrix {
  if (matrix.chunkSize !== undefined) return matrix;
  const scaled = ({ name, sums, counts }: ImportanceEntry): ImportanceEntry => ({
    name,
    sums: new Float64Array(sums).map((sum) => sum * chunkSize),
    counts: counts.map((count) => count * chunkSize),
  });
  const entries = new Map([...matrix.entries].map(([name, entry]) => [name, scaled(entry)]));
  return { ...matrix, chunkSize, entries };
}

/** How many chunks the rows of an entry make, counted up: of the expert that saw the most. */
export function chunksOf({ counts }: ImportanceEntry, { chunkSize = 1 }: ImportanceMatrix): number {
  return Math.ceil(counts.reduce((most, count) => Math.max(most, count), 0) / chunkSize);
}

/** The number of chunks, from the counts where the file did not tell it. */
export function chunkCountOf(matrix: ImportanceMatrix): number {
  if (matrix.chunkCount !== undefined) return matrix.chunkCount;
  return [...matrix.entries.values()].reduce((most, entry) => Math.max(most, chunksOf(entry, matrix)), 0);
}
