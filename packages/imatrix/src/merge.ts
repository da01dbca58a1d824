import { chunkCountOf, withChunkSize } from './chunks';
import { ImatrixError } from './error';
import { shapeWords } from './shape-words';
import type { ImportanceEntry, ImportanceMatrix } from './types';

/**
 * Merge importance matrices of one model into one: sums and counts add up, so each weighs as much as the rows that it
 * saw, and runs on parts of a text give what one run on the whole would. To go on with an earlier run, merge what is
 * collected now into what was written then. An entry that only one of them has stays in.
 *
 * A chunk of the result is a chunk of the first that tells its size; those that do not tell theirs are taken to have the
 * same. An entry of one count meets one of a count for each expert, as a legacy file meets a GGUF file, by counting for
 * each expert.
 *
 * @throws ImatrixError `empty` when there is nothing to merge, `wrong-length` when two entries of one name differ in shape.
 */
export function mergeImportance(matrices: readonly ImportanceMatrix[]): ImportanceMatrix {
  const chunkSize = matrices.find((matrix) => matrix.chunkSize !== undefined)?.chunkSize;
  const alike = chunkSize === undefined ? matrices : matrices.map((one) => withChunkSize(one, chunkSize));
  const [first, ...others] = alike;
  if (first === undefined) {
    throw new ImatrixError('empty', 'there is no importance matrix to merge', { allowed: '1 or more' });
  }
  const entries = new Map(first.entries);
  for (const other of others) {
    for (const [name, entry] of other.entries) {
      const earlier = entries.get(name);
      entries.set(name, earlier === undefined ? entry : addEntries(earlier, entry, other.source));
    }
  }
  const rows = alike.reduce((sum, one) => sum + chunkCountOf(one) * (one.chunkSize ?? 1), 0);
  return {
    source: alike.map(({ source }) => source).join(' + '),
    entries,
    chunkCount: Math.round(rows / (chunkSize ?? 1)),
    chunkSize,
    datasets: [...new Set(alike.flatMap(({ datasets }) => datasets))],
    ignored: [...new Set(alike.flatMap(({ ignored = [] }) => ignored))],
  };
}

function addEntries(one: ImportanceEntry, other: ImportanceEntry, file: string): ImportanceEntry {
  const { name } = one;
  const experts = Math.max(one.counts.length, other.counts.length);
  const fits =
    one.sums.length === other.sums.length &&
    [one, other].every(({ counts }) => counts.length === 1 || counts.length === experts);
  if (!fits) throw differentShapes(one, other, file);
  const sums = new Float64Array(one.sums);
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? NaN) + (other.sums[i] ?? NaN);
  const counts = new Float64Array(experts);
  for (let expert = 0; expert < experts; expert++)
    counts[expert] = countOf(one, expert) + countOf(other, expert);
  return { name, sums, counts };
}

/** A lone count holds for each expert. */
function countOf({ counts }: ImportanceEntry, expert: number): number {
  return counts[counts.length === 1 ? 0 : expert] ?? NaN;
}

function differentShapes(one: ImportanceEntry, other: ImportanceEntry, file: string): ImatrixError {
  return new ImatrixError('wrong-length', 'the entry has another shape than in the file before', {
    file,
    tensor: one.name,
    found: shapeWords(other),
    allowed: shapeWords(one),
    advice: 'Merge importance matrices of the same model.',
  });
}
