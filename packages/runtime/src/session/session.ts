import { CellTable } from '../cache/cell-table';
import { RuntimeError } from '../error';
import { checkMemory } from '../model/memory';
import type { Model } from '../model/model';
import type { Observation, Observed } from '../program/observations';
import type { RowKind } from '../program/step-builder';
import type { StepSizes } from '../program/step-inputs';
import { checkBatch, cutBatch, type BatchEntry, type BatchPart } from './batch';
import { sessionSizes, type SessionOptions } from './options';
import { Sequence, type CellMover, type SavedSequence } from './sequence';
import { StepRunner } from './step-runner';

/** Options of one step. */
export interface StepOptions {
  /** Looked at before each run; an aborted step leaves its sequences as they were. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Rows of a step before that are no longer needed: those of this one are put into them, one after another, and what is missing is
   * added. Who takes many steps thereby leaves nothing to the garbage collector.
   */
  readonly reuse?: Float32Array[];
}

/** What a model predicts after a token of a batch. */
export interface LogitsRow {
  /** Place of the entry in the batch. */
  readonly entry: number;
  /** Place of the token in the entry. */
  readonly place: number;
  /** (vocabulary): valid until the next row is asked for. */
  readonly logits: Float32Array;
}

/** A row of any kind, by the token that it is of. */
interface StepRow extends Omit<LogitsRow, 'logits'> {
  readonly row: Float32Array;
}

/**
 * A cache of keys and values with what is needed to run: opened on a model, used by any number of sequences.
 *
 * Steps run one after another in the order of their calls.
 */
export class Session {
  readonly model: Model;
  readonly #sizes: StepSizes;
  readonly #runner: StepRunner;
  readonly #table: CellTable;
  /** Moves cells between steps. */
  readonly #mover: CellMover = {
    copyCells: (...cells) => this.#queued(() => this.#runner.copyCells(...cells)),
    rotateCells: (...cells) => this.#queued(() => this.#runner.rotateCells(...cells)),
    readCells: (...cells) => this.#queued(() => this.#runner.readCells(...cells)),
  };
  #last: Promise<void> = Promise.resolve();
  #isOpen = true;

  /** @internal Use `Model.openSession`. `observe`: sum up the squares of what goes into products. */
  constructor(model: Model, options: SessionOptions, { observe }: { readonly observe?: Observed } = {}) {
    this.model = model;
    this.#sizes = sessionSizes(model.plan, options);
    if (model.availableMemory !== undefined) checkMemory(model.plan, options, model.availableMemory);
    this.#table = new CellTable(this.#sizes.cells);
    this.#runner = new StepRunner(model, this.#sizes, observe);
  }

  /** Tokens that the cache holds, of all sequences together. */
  get contextLength(): number {
    return this.#sizes.cells;
  }

  /** Tokens of one run, at most. */
  get batchSize(): number {
    return this.#sizes.batchSize;
  }

  /** Tokens that the cache has room for. */
  get freeCells(): number {
    return this.#table.free;
  }

  /** @internal What is summed up of the inputs of products; empty unless the session observes. */
  get observations(): readonly Observation[] {
    return this.#runner.observations;
  }

  /** An empty sequence. */
  createSequence(): Sequence {
    this.#checkOpen();
    return new Sequence(this.#table, this.#mover);
  }

  /**
   * A sequence that was saved, by a session of the same model with the same format of its cache: whose it is cannot be seen in the bytes.
   *
   * @throws RuntimeError `bad-option` for what no such session has saved, `context-full`, `closed`.
   */
  restore({ positions, bytes }: SavedSequence): Promise<Sequence> {
    return this.#queued(async () => {
      const wanted = positions.length * this.#runner.cellBytes;
      const grows = positions.every((position, place) => position > (positions[place - 1] ?? -1));
      if (bytes.length !== wanted || !grows) {
        throw new RuntimeError('bad-option', 'the saved sequence is none of such a session', {
          found: `${bytes.length} bytes for ${positions.length} tokens`,
          allowed: `${wanted} bytes, and positions that grow`,
        });
      }
      this.#checkRoom([{ tokens: positions }]);
      const sequence = this.createSequence();
      sequence.growAt(positions);
      if (positions.length > 0) await this.#runner.writeCells(sequence.cells, bytes);
      return sequence;
    });
  }

  /**
   * Let sequences read tokens, all in as few runs as they fit into; gives the rows of logits that are wanted, entry by entry.
   *
   * @throws RuntimeError `bad-token`, `bad-option`, `context-full`, `busy`, `closed`, before any work; the signal's reason. A step
   * that throws leaves its sequences as they were.
   */
  async step(batch: readonly BatchEntry[], options: StepOptions = {}): Promise<Float32Array[][]> {
    const rows: Float32Array[][] = batch.map(() => []);
    const { reuse = [] } = options;
    let count = 0;
    for await (const { entry, logits } of this.rows(batch, options)) {
      const row = (reuse[count++] ??= new Float32Array(logits.length));
      row.set(logits);
      rows[entry]?.push(row);
    }
    return rows;
  }

  /**
   * As `step`, but gives the states that logits are made from: (embeddingLength), after the last norm. The product with the vocabulary
   * is left out.
   */
  async states(batch: readonly BatchEntry[], options: StepOptions = {}): Promise<Float32Array[][]> {
    const rows: Float32Array[][] = batch.map(() => []);
    for await (const { entry, row } of this.#rows('states', batch, options)) rows[entry]?.push(row.slice());
    return rows;
  }

  /**
   * As `step`, but the rows are given one by one, so that not all of them are held: in the order of the entries and their tokens.
   * Other steps wait until the last was asked for. Who stops before takes the step back.
   */
  async *rows(
    batch: readonly BatchEntry[],
    options: StepOptions = {},
  ): AsyncGenerator<LogitsRow, void, undefined> {
    for await (const { entry, place, row } of this.#rows('logits', batch, options)) {
      yield { entry, place, logits: row };
    }
  }

  /** Give the cache and the buffers back, when the steps that were begun are done. Its sequences cannot be used any more. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#last;
    this.#runner.release();
  }

  async *#rows(
    kind: RowKind,
    batch: readonly BatchEntry[],
    options: StepOptions,
  ): AsyncGenerator<StepRow, void, undefined> {
    this.#checkOpen();
    const entries = checkBatch(batch, this.#table, this.model.vocabulary);
    const lengths = entries.map(({ sequence }) => sequence.length);
    for (const { sequence } of entries) sequence.setBusy(true);
    const endTurn = await this.#beginTurn();
    let isDone = false;
    try {
      this.#checkRoom(entries);
      for (const parts of cutBatch(entries, this.#sizes)) {
        options.signal?.throwIfAborted();
        yield* this.#run(parts, kind);
      }
      isDone = true;
    } finally {
      entries.forEach(({ sequence }, index) => {
        if (!isDone) sequence.forget(lengths[index] ?? 0, sequence.length);
        sequence.setBusy(false);
      });
      endTurn();
    }
  }

  async *#run(parts: readonly BatchPart[], kind: RowKind): AsyncGenerator<StepRow, void, undefined> {
    const wanted = parts.flatMap(({ entry, start, wanted: places }) =>
      places.map((place) => ({ entry, place: start + place })),
    );
    let index = 0;
    for await (const row of this.#runner.run(parts, kind)) {
      const target = wanted[index++];
      if (target === undefined) throw new TypeError('more rows came than were asked for');
      yield { ...target, row };
    }
  }

  /** Wait for what was begun before; gives the function that ends the turn. */
  async #beginTurn(): Promise<() => void> {
    const before = this.#last;
    let end = (): void => undefined;
    this.#last = new Promise((resolve) => (end = resolve));
    await before;
    return end;
  }

  async #queued<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#checkOpen();
    const endTurn = await this.#beginTurn();
    try {
      return await work();
    } finally {
      endTurn();
    }
  }

  #checkRoom(entries: readonly { readonly tokens: Int32Array }[]): void {
    const wanted = entries.reduce((sum, { tokens }) => sum + tokens.length, 0);
    if (wanted <= this.#table.free) return;
    throw new RuntimeError('context-full', 'the cache has no room for the tokens', {
      found: `${wanted} tokens`,
      allowed: `${this.#table.free} of ${this.contextLength}`,
      advice: 'Close or rewind a sequence, shorten the text, or open the session with a larger context.',
    });
  }

  #checkOpen(): void {
    if (!this.#isOpen) throw new RuntimeError('closed', 'the session was closed before');
  }
}
