import type { CellTable } from '../cache/cell-table';
import { RuntimeError } from '../error';
import type { Sequence } from './sequence';

/** What one sequence gets to read in a step. */
export interface BatchEntry {
  readonly sequence: Sequence;
  /** Ids of tokens, one or more. */
  readonly tokens: ArrayLike<number>;
  /** After which of the tokens logits are wanted, by their places in `tokens`: the last when left out. */
  readonly logits?: 'none' | 'last' | 'all' | readonly number[];
}

/** A part of an entry that fits into one run. */
export interface BatchPart {
  /** Place of the entry in the batch. */
  readonly entry: number;
  readonly sequence: Sequence;
  readonly tokens: Int32Array;
  /** Place of the first of `tokens` in the entry. */
  readonly start: number;
  /** Places within `tokens` after which logits are wanted, growing. */
  readonly wanted: readonly number[];
}

/** An entry, checked. */
interface CheckedEntry {
  readonly sequence: Sequence;
  readonly tokens: Int32Array;
  readonly wanted: readonly number[];
}

/**
 * Check a batch before anything is done with it.
 *
 * @throws RuntimeError `bad-token`, `bad-option` for places outside of the tokens and for sequences of other
 * sessions, `busy` for a sequence that stands in it twice.
 */
export function checkBatch(
  batch: readonly BatchEntry[],
  table: CellTable,
  vocabulary: number,
): CheckedEntry[] {
  const sequences = new Set(batch.map(({ sequence }) => sequence));
  if (sequences.size < batch.length) {
    throw new RuntimeError('busy', 'a sequence stands twice in the batch', {
      advice: 'Give all its tokens in one entry.',
    });
  }
  return batch.map(({ sequence, tokens, logits = 'last' }) => {
    sequence.checkFree();
    sequence.checkCellsOf(table);
    const checked = checkTokens(tokens, vocabulary);
    return { sequence, tokens: checked, wanted: wantedPlaces(logits, checked.length) };
  });
}

function checkTokens(tokens: ArrayLike<number>, vocabulary: number): Int32Array {
  if (tokens.length === 0) {
    throw new RuntimeError('bad-token', 'there are no tokens to read', { found: 0, allowed: 'one or more' });
  }
  const checked = Int32Array.from(tokens);
  const bad = checked.findIndex(
    (token, place) => token !== tokens[place] || token < 0 || token >= vocabulary,
  );
  if (bad === -1) return checked;
  throw new RuntimeError('bad-token', 'the vocabulary does not have the token', {
    found: tokens[bad] ?? 0,
    allowed: `0 to ${vocabulary - 1}`,
  });
}

function wantedPlaces(logits: NonNullable<BatchEntry['logits']>, length: number): readonly number[] {
  if (logits === 'none') return [];
  if (logits === 'last') return [length - 1];
  if (logits === 'all') return Array.from({ length }, (_, place) => place);
  const bad = logits.find(
    (place, index) => !Number.isInteger(place) || place <= (logits[index - 1] ?? -1) || place >= length,
  );
  if (bad === undefined) return logits;
  throw new RuntimeError('bad-option', 'logits are wanted of a token that there is not', {
    found: bad,
    allowed: `growing places from 0 to ${length - 1}`,
  });
}

/**
 * Cut a batch into runs: each has at most `batchSize` tokens, and its sequences list at most `listedCells` cells together. Sequences
 * keep their order, and are read from their first token to their last.
 */
export function* cutBatch(
  entries: readonly CheckedEntry[],
  { batchSize, listedCells }: { readonly batchSize: number; readonly listedCells: number },
): Generator<BatchPart[], void, undefined> {
  const lengths = entries.map(({ sequence }) => sequence.length);
  let parts: BatchPart[] = [];
  let room = batchSize;
  let listRoom = listedCells;
  for (const [entry, { sequence, tokens, wanted }] of entries.entries()) {
    for (let start = 0; start < tokens.length;) {
      const count = Math.min(room, tokens.length - start);
      const listed = (lengths[entry] ?? 0) + start + count;
      if (count === 0 || listed > listRoom) {
        yield parts;
        parts = [];
        room = batchSize;
        listRoom = listedCells;
        continue;
      }
      const end = start + count;
      const inside = wanted.filter((place) => place >= start && place < end).map((place) => place - start);
      parts.push({ entry, sequence, tokens: tokens.subarray(start, end), start, wanted: inside });
      room -= count;
      listRoom -= listed;
      start = end;
    }
  }
  if (parts.length > 0) yield parts;
}
