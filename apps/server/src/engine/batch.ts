import type { Task } from './task';

/** Tokens of prompts in one step while others write: so many that reading stays fast, so few that they hardly notice. */
const READ_BESIDE_WRITERS = 128;

/** What a task reads in a step. */
export interface TaskEntry {
  readonly task: Task;
  readonly tokens: Int32Array;
}

/** What is read in the next step. */
export interface Batch {
  readonly entries: readonly TaskEntry[];
  /** All tasks, in the order in which they have their share of the step after it. */
  readonly running: readonly Task[];
}

/** The last token of every text in the making, and beside them pieces of the prompts of those that have not begun to write. */
export function nextBatch(running: readonly Task[], batchSize: number): Batch {
  const writers = running.filter((task) => task.unread === 0);
  const readers = running.filter((task) => task.unread > 0);
  const entries = writers.map((task) => ({ task, tokens: task.next(1) }));
  let room = Math.max(1, writers.length === 0 ? batchSize : Math.min(READ_BESIDE_WRITERS, batchSize));
  for (const [index, task] of readers.entries()) {
    const share = Math.floor(room / (readers.length - index));
    const tokens = task.next(share);
    room -= tokens.length;
    if (tokens.length > 0) entries.push({ task, tokens });
  }
  const [first] = readers;
  if (first === undefined || readers.length === 1) return { entries, running };
  // The one that had to wait longest for its share is the first the next time.
  return { entries, running: [...running.filter((task) => task !== first), first] };
}
