import { setImmediate } from 'node:timers/promises';
import type { BatchEntry, Session } from '@halftone/runtime';
import type { EngineStatus } from './engine';
import { EngineError } from './error';
import { FairQueue } from './fair-queue';
import { KeptSequences } from './kept-sequences';
import { closedError, type Task } from './task';

/** How many requests are worked on, and how many may wait. */
export interface SchedulerOptions {
  /** Requests that are worked on at once. */
  readonly slots: number;
  /** Tokens of one conversation at most. */
  readonly contextLength: number;
  /** Requests that may wait for a slot. */
  readonly maxWaiting: number;
}

/** Tokens of prompts in one step while others write: so many that reading stays fast, so few that they hardly notice. */
const READ_BESIDE_WRITERS = 128;

/** What a task reads in a step. */
interface TaskEntry {
  readonly task: Task;
  readonly tokens: Int32Array;
  readonly isLast: boolean;
}

/**
 * Lets one session answer many requests: each step reads the last token of every text in the making, and beside them pieces of the
 * prompts of those that have not begun to write.
 */
export class Scheduler {
  readonly #session: Session;
  readonly #options: SchedulerOptions;
  readonly #kept: KeptSequences;
  readonly #waiting = new FairQueue<Task>();
  #running: Task[] = [];
  /** The loop, while there is something to do. */
  #work: Promise<void> | undefined;
  #isClosed = false;
  readonly #total = { readTokens: 0, cachedTokens: 0, writtenTokens: 0, steps: 0 };
  readonly #milliseconds = { reading: 0, writing: 0 };

  constructor(session: Session, options: SchedulerOptions) {
    this.#session = session;
    this.#options = options;
    this.#kept = new KeptSequences(session);
  }

  /** Take a task in. @throws EngineError `too-long`, `queue-full`, `closed`. */
  add(task: Task): void {
    const { contextLength, maxWaiting, slots } = this.#options;
    if (this.#isClosed) throw closedError();
    if (task.prompt.length >= contextLength) {
      throw new EngineError('too-long', 'the prompt does not fit into the context', {
        found: `${task.prompt.length} tokens`,
        allowed: `fewer than ${contextLength}`,
        advice: 'Shorten it, or start the server with a larger context or fewer slots.',
      });
    }
    if (this.#waiting.length + this.#running.length >= slots + maxWaiting) {
      throw new EngineError('queue-full', 'too many requests wait already', {
        found: `${this.#waiting.length} waiting`,
        allowed: `${maxWaiting}`,
        advice: 'Ask again later.',
      });
    }
    this.#waiting.add(task.client, task);
    this.#work ??= this.#run();
  }

  /** Nobody wants the task any more. What it read stays in the cache. */
  abort(task: Task): void {
    if (!this.#waiting.remove(task.client, task)) task.isEnded = true;
  }

  status(): EngineStatus {
    return {
      slots: this.#running.map((task, id) => task.status(id)),
      waiting: this.#waiting.length,
      cells: this.#session.contextLength,
      freeCells: this.#session.freeCells,
      keptConversations: this.#kept.count,
      ...this.#total,
      readingMilliseconds: this.#milliseconds.reading,
      writingMilliseconds: this.#milliseconds.writing,
    };
  }

  /** Refuse what waits, and finish what runs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (let task = this.#waiting.take(); task !== undefined; task = this.#waiting.take()) {
      task.fail(closedError());
    }
    await this.#work;
  }

  async #run(): Promise<void> {
    // Requests that were sent together begin together.
    await setImmediate();
    while (this.#admit()) {
      await this.#step(this.#batch());
      // Whatever else waits in this thread gets its turn: new requests, and clients that went away.
      await setImmediate();
      this.#release();
    }
    this.#work = undefined;
  }

  /** Give free slots to those who wait. Whether there is something to do. */
  #admit(): boolean {
    while (this.#running.length < this.#options.slots) {
      const task = this.#waiting.take();
      if (task === undefined) break;
      this.#start(task);
    }
    return this.#running.length > 0;
  }

  #start(task: Task): void {
    try {
      const others = this.#running.map(({ kept }) => kept);
      const taken = task.useCache ? this.#kept.take(task.prompt, others) : this.#kept.empty();
      this.#total.cachedTokens += taken.tokens.length;
      task.start(taken);
      this.#running.push(task);
    } catch (error) {
      task.fail(error);
    }
  }

  /** What is read in the next step. */
  #batch(): readonly TaskEntry[] {
    const writers = this.#running.filter((task) => task.unread === 0);
    const readers = this.#running.filter((task) => task.unread > 0);
    const entries = writers.map((task) => ({ task, tokens: task.next(1), isLast: true }));
    const { batchSize } = this.#session;
    let room = Math.max(1, writers.length === 0 ? batchSize : Math.min(READ_BESIDE_WRITERS, batchSize));
    for (const [index, task] of readers.entries()) {
      const share = Math.floor(room / (readers.length - index));
      const tokens = task.next(share);
      room -= tokens.length;
      if (tokens.length > 0) entries.push({ task, tokens, isLast: tokens.length === task.unread });
    }
    // The one that had to wait longest for its share is the first the next time.
    const [first] = readers;
    if (first !== undefined && readers.length > 1) {
      this.#running = [...this.#running.filter((task) => task !== first), first];
    }
    return entries;
  }

  async #step(entries: readonly TaskEntry[]): Promise<void> {
    const began = performance.now();
    this.#kept.makeRoom(entries.reduce((sum, { tokens }) => sum + tokens.length, 0));
    const batch = entries.map(({ task, tokens, isLast }): BatchEntry => ({
      sequence: task.kept.sequence,
      tokens,
      logits: isLast ? 'last' : 'none',
    }));
    try {
      const rows = await this.#session.step(batch);
      this.#count(entries, performance.now() - began);
      entries.forEach(({ task, tokens }, place) => {
        task.take(tokens, rows[place]?.[0], this.#options.contextLength);
      });
    } catch (error) {
      for (const { task } of entries) task.fail(error);
    }
  }

  #count(entries: readonly TaskEntry[], milliseconds: number): void {
    const total = entries.reduce((sum, { tokens }) => sum + tokens.length, 0);
    const written = entries.filter(({ task, tokens }) => task.unread === 0 && tokens.length === 1).length;
    this.#total.steps++;
    this.#total.writtenTokens += written;
    this.#total.readTokens += total - written;
    this.#milliseconds.writing += (milliseconds * written) / total;
    this.#milliseconds.reading += (milliseconds * (total - written)) / total;
  }

  /** Free the slots of what has ended. */
  #release(): void {
    for (const { isEnded, kept } of this.#running) if (isEnded) this.#kept.keep(kept);
    this.#running = this.#running.filter(({ isEnded }) => !isEnded);
  }
}
