import { setImmediate } from 'node:timers/promises';
import type { BatchEntry, Session } from '@halftone/runtime';
import type { SavedAnswer } from '@halftone/conversation';
import type { EngineStatus } from './engine';
import { nextBatch, type TaskEntry } from './batch';
import { EngineError, promptTooLong } from './error';
import { FairQueue } from './fair-queue';
import { KeptSequences, type Difference, type TakenSequence } from './kept-sequences';
import type { SavedConversation } from './slot-file';
import type { Task } from './task';
import { Totals } from './totals';

/** How many requests are worked on, and how many may wait. */
export interface SchedulerOptions {
  /** Requests that are worked on at once. */
  readonly slots: number;
  /** Tokens of one conversation at most. */
  readonly contextLength: number;
  /** Texts that may wait for a slot; clients of whom few wait may add theirs to a queue that is full. */
  readonly maxWaiting: number;
}

/** Why the cache held no more of a prompt. */
export interface SlotDifference extends Difference {
  readonly slot: number;
  readonly client: string;
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
  /** Why the cache held no more of the last prompt of a slot, where it might have. */
  readonly #differences = new Map<number, SlotDifference>();
  /** What is done between two steps, while no sequence is worked on and no cell changes hands. */
  readonly #between: (() => Promise<void>)[] = [];
  #running: readonly Task[] = [];
  /** The loop, while there is something to do. */
  #work: Promise<void> | undefined;
  #isClosed = false;
  readonly #total = new Totals();
  /** Rows of logits, of one step after another: tasks keep none. */
  readonly #rows: Float32Array[] = [];

  constructor(session: Session, options: SchedulerOptions) {
    this.#session = session;
    this.#options = options;
    this.#kept = new KeptSequences(session);
  }

  /**
   * Take several tasks of a client in, all or none. They are made when there is room for them, so that nothing is done for what is refused.
   *
   * @throws EngineError `too-long`, `queue-full`, `bad-request` for more than there is ever room for, `closed`; whatever `make` throws.
   */
  add<Tasks extends readonly Task[]>(client: string, count: number, make: () => Tasks): Tasks {
    this.#checkRoom(client, count);
    const tasks = make();
    for (const { prompt } of tasks) this.#checkLength(prompt);
    for (const task of tasks) this.#waiting.add(client, task);
    this.#work ??= this.#run();
    return tasks;
  }

  /** Nobody wants the task any more. What it read stays in the cache. */
  abort(task: Task): void {
    if (!this.#waiting.remove(task.client, task)) task.isEnded = true;
  }

  /** Why the cache held no more of the last prompt of each slot. */
  get differences(): readonly SlotDifference[] {
    return [...this.#differences.values()];
  }

  status(): Omit<EngineStatus, 'differences'> {
    return {
      slots: this.#running.map((task) => task.status()),
      waiting: this.#waiting.length,
      cells: this.#session.contextLength,
      freeCells: this.#session.freeCells,
      keptConversations: this.#kept.count,
      ...this.#total.values,
    };
  }

  /**
   * The conversation of a client that a slot worked on last, to be saved.
   *
   * @param answersOf - the answers in it.
   * @throws EngineError `bad-request` for a slot that has none, `busy` for one that is being worked on, `closed`.
   */
  save(
    slot: number,
    client: string,
    answersOf: (tokens: readonly number[]) => readonly SavedAnswer[],
  ): Promise<SavedConversation> {
    return this.#betweenSteps(slot, async () => {
      const kept = this.#kept.lastOf(slot, client);
      if (kept === undefined) {
        throw new EngineError('bad-request', 'the slot has no conversation of this client', {
          part: 'slot',
          found: slot,
          allowed: 'a slot that has worked for this client',
          advice: 'Ask for an answer first: a slot keeps what it worked on last, until others need the room.',
        });
      }
      const sequence = await kept.sequence.save();
      return { tokens: Int32Array.from(kept.tokens), answers: answersOf(kept.tokens), sequence };
    });
  }

  /**
   * Put a conversation into the cache, as the last of a slot.
   *
   * @throws EngineError `bad-request`, `too-long` for one that no slot has room for, `busy`, `closed`; RuntimeError.
   */
  restore(slot: number, { tokens, sequence: saved }: SavedConversation, client: string): Promise<void> {
    return this.#betweenSteps(slot, async () => {
      const { contextLength } = this.#options;
      if (tokens.length > contextLength) {
        throw new EngineError('too-long', 'the conversation does not fit into a slot', {
          part: 'file',
          found: `${tokens.length} tokens`,
          allowed: `${contextLength}`,
          advice: 'Start the server with a larger context or fewer slots.',
        });
      }
      this.#kept.makeRoom(tokens.length);
      const sequence = await this.#session.restore(saved);
      this.#kept.keep({ sequence, tokens: [...tokens], client }, slot);
    });
  }

  /**
   * Forget the conversation of a client that a slot worked on last. Gives the number of its tokens: 0 where there is none.
   *
   * @throws EngineError `bad-request`, `busy`, `closed`.
   */
  erase(slot: number, client: string): Promise<number> {
    return this.#betweenSteps(slot, async () => {
      const kept = this.#kept.lastOf(slot, client);
      const { length } = kept?.tokens ?? [];
      if (kept !== undefined) this.#kept.forget(kept);
      return Promise.resolve(length);
    });
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
    for (;;) {
      const work = this.#between.shift();
      if (work !== undefined) await work();
      else if (this.#admit()) await this.#turn();
      else break;
    }
    // Nothing was awaited since it was seen that there is nothing to do: what comes from now on begins the loop anew.
    this.#work = undefined;
  }

  /** One step, and what follows from it. */
  async #turn(): Promise<void> {
    const { entries, running } = nextBatch(this.#running, this.#session.batchSize);
    this.#running = running;
    await this.#step(entries);
    // Who hears that a text has ended may ask for its slot next.
    this.#release();
    // Whatever else waits in this thread gets its turn: new requests, and clients that went away.
    await setImmediate();
    this.#release();
  }

  /** Do something with a slot that nobody works on. */
  #betweenSteps<Result>(slot: number, work: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      const done = async (): Promise<Result> => {
        this.#checkIdle(slot);
        return work();
      };
      this.#between.push(() => done().then(resolve, reject));
      this.#work ??= this.#run();
    });
  }

  #checkRoom(client: string, count: number): void {
    const { maxWaiting, slots } = this.#options;
    if (this.#isClosed) throw closedError();
    if (count > slots + maxWaiting) {
      throw new EngineError('bad-request', 'the request asks for more texts than may ever wait', {
        part: 'texts',
        found: count,
        allowed: `${slots + maxWaiting}`,
        advice: 'Ask for fewer texts at once.',
      });
    }
    const room = { limit: maxWaiting + slots - this.#running.length, spare: maxWaiting };
    const left = this.#waiting.placesFor(client, room);
    if (count <= left) return;
    throw new EngineError('queue-full', 'too many texts wait already', {
      found: `${count} more`,
      allowed: `${left} more now`,
      advice: 'Ask again later.',
    });
  }

  #checkLength({ length }: Int32Array): void {
    const { contextLength } = this.#options;
    if (length >= contextLength) throw promptTooLong(`${length} tokens`, contextLength);
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
    let taken: TakenSequence | undefined;
    try {
      const others = this.#running.map(({ kept }) => kept);
      taken = task.useCache
        ? this.#kept.take(task.prompt, task.client, others)
        : { ...this.#kept.empty(task.client), difference: undefined };
      this.#total.addCached(taken.tokens.length);
      task.start(taken, this.#freeSlot());
      this.#running = [...this.#running, task];
      this.#tellDifference(task);
    } catch (error) {
      taken?.sequence.close();
      task.fail(error);
    }
  }

  #tellDifference({ slot, client, difference }: Task): void {
    if (difference === undefined) this.#differences.delete(slot);
    else this.#differences.set(slot, { slot, client, ...difference });
  }

  #freeSlot(): number {
    const used = new Set(this.#running.map(({ slot }) => slot));
    let slot = 0;
    while (used.has(slot)) slot++;
    return slot;
  }

  #checkIdle(slot: number): void {
    const { slots } = this.#options;
    if (slot >= slots) {
      throw new EngineError('bad-request', 'there is no such slot', {
        part: 'slot',
        found: slot,
        allowed: `0 to ${slots - 1}`,
      });
    }
    if (this.#running.every((task) => task.slot !== slot)) return;
    throw new EngineError('busy', 'the slot is being worked on', {
      part: 'slot',
      found: slot,
      allowed: 'a slot that is idle',
      advice: 'Ask again later.',
    });
  }

  async #step(entries: readonly TaskEntry[]): Promise<void> {
    const began = performance.now();
    const total = entries.reduce((sum, { tokens }) => sum + tokens.length, 0);
    const written = entries.filter(({ task, tokens }) => task.unread === 0 && tokens.length === 1).length;
    this.#kept.makeRoom(total);
    for (const kind of ['logits', 'states'] as const) {
      await this.#read(
        kind,
        entries.filter(({ task }) => task.kind === kind),
      );
    }
    this.#total.addStep(total, written, performance.now() - began);
  }

  /** Let tasks that want rows of one kind read together. Where that fails, each reads alone, and only those fail that are at fault. */
  async #read(kind: Task['kind'], entries: readonly TaskEntry[]): Promise<void> {
    const [first, ...others] = entries;
    if (first === undefined) return;
    const batch = entries.map(({ task, tokens }): BatchEntry => ({
      sequence: task.kept.sequence,
      tokens,
      logits: task.wanted(tokens.length),
    }));
    try {
      const rows =
        kind === 'logits'
          ? await this.#session.step(batch, { reuse: this.#rows })
          : await this.#session.states(batch);
      for (const [place, entry] of entries.entries()) this.#hand(entry, rows[place] ?? []);
    } catch (error) {
      if (others.length === 0) first.task.fail(error);
      else for (const entry of entries) await this.#read(kind, [entry]);
    }
  }

  #hand({ task, tokens }: TaskEntry, rows: readonly Float32Array[]): void {
    try {
      task.take(tokens, rows, this.#options.contextLength);
    } catch (error) {
      task.fail(error);
    }
  }

  /** Free the slots of what has ended. */
  #release(): void {
    for (const { isEnded, staysInCache, kept, slot } of this.#running) {
      if (!isEnded) continue;
      // What failed before anything was read leaves the slot its last conversation.
      if (staysInCache && kept.tokens.length > 0) this.#kept.keep(kept, slot);
      else kept.sequence.close();
    }
    this.#running = this.#running.filter(({ isEnded }) => !isEnded);
  }
}

function closedError(): EngineError {
  return new EngineError('closed', 'the server is shutting down', { advice: 'Ask again later.' });
}
