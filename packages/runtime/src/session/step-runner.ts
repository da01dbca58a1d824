import { bytesPerRow, formats } from '@halftone/quant-formats';
import type { Cache, Device, Program } from '@halftone/tensor-kernels';
import type { Model } from '../model/model';
import { Observations, type Observation, type Observed } from '../program/observations';
import { OwnedBuffers } from '../program/owned-buffers';
import { buildStep, type BuiltHead, type BuiltStep, type RowKind } from '../program/step-builder';
import { allocateInputs, type StepInputs, type StepSizes } from '../program/step-inputs';
import type { BatchPart } from './batch';
import { runInputs, temperatureFactors, type RunInputs } from './run-inputs';
import type { CellMover } from './sequence';

/** The buffers and programs of a session: runs parts of batches, and moves cells of the cache. */
export class StepRunner implements CellMover {
  readonly #model: Model;
  readonly #sizes: StepSizes;
  readonly #owned: OwnedBuffers;
  readonly #parts: RunnerParts;
  /** What gives rows, compiled when rows of a kind are first wanted. */
  readonly #programs = new Map<RowKind, RowPrograms>();
  /** (outputs, width): where rows are read to; as long as was needed so far. */
  #rows = new Float32Array(0);
  /** Made when keys are first rotated. */
  #rotate: Program | undefined;

  constructor(model: Model, sizes: StepSizes, observe: Observed | undefined) {
    this.#model = model;
    this.#sizes = sizes;
    this.#owned = new OwnedBuffers(model.device);
    try {
      this.#parts = makeParts(model, this.#owned, sizes, observe);
    } catch (error) {
      this.#owned.release();
      throw error;
    }
  }

  get observations(): readonly Observation[] {
    return this.#parts.observations;
  }

  /** Keys, then values, of each layer. */
  get #caches(): readonly Cache[] {
    return this.#parts.inputs.layers.flatMap(({ keys, values }) => [keys, values]);
  }

  get #device(): Device {
    return this.#model.device;
  }

  /**
   * Read the tokens of the parts, which take cells of the cache, and give the rows that are wanted in their order: (vocabulary) for
   * logits, (embeddingLength) for states, each valid until the next is asked for.
   */
  async *run(parts: readonly BatchPart[], kind: RowKind): AsyncGenerator<Float32Array, void, undefined> {
    const inputs = runInputs(parts);
    await this.#write(inputs);
    const tokens = inputs.tokens.length;
    const { rows } = inputs;
    const { outputs } = this.#sizes;
    const { step, more, head } = this.#programsFor(kind);
    // The first rows come with the step itself; where there is no room for all, the head is run again for more.
    for (let first = 0; first === 0 || first < rows.length; first += outputs) {
      const group = rows.subarray(first, first + outputs);
      if (group.length > 0) await this.#device.write(this.#parts.inputs.rows, group);
      await this.#device.run(first === 0 ? step : more, { tokens, outputs: group.length });
      yield* await this.#readRows(head, group.length);
    }
  }

  async copyCells(from: readonly number[], to: readonly number[]): Promise<void> {
    for (const cache of this.#caches) {
      for (const [index, cell] of from.entries()) {
        const bytes = await this.#device.readCells(cache, cell, 1);
        await this.#device.writeCells(cache, to[index] ?? 0, bytes);
      }
    }
  }

  async readCells(cells: Int32Array): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for (const cache of this.#caches) {
      for (const { first, count } of spans(cells)) {
        pieces.push((await this.#device.readCells(cache, first, count)).slice());
      }
    }
    return joined(pieces);
  }

  /** Write what `readCells` gave into other cells. */
  async writeCells(cells: Int32Array, bytes: Uint8Array): Promise<void> {
    const cacheBytes = bytes.length / this.#caches.length;
    const cellBytes = cacheBytes / cells.length;
    for (const [place, cache] of this.#caches.entries()) {
      let from = place * cacheBytes;
      for (const { first, count } of spans(cells)) {
        await this.#device.writeCells(cache, first, bytes.subarray(from, from + count * cellBytes));
        from += count * cellBytes;
      }
    }
  }

  /** Bytes of the keys and values of one token in all layers. */
  get cellBytes(): number {
    return this.#caches.reduce((sum, { format, width }) => sum + bytesPerRow(formats[format], width), 0);
  }

  async rotateCells(cells: Int32Array, offset: number): Promise<void> {
    this.#rotate ??= this.#compileRotate();
    const { batchSize } = this.#sizes;
    const { storeCells, positions } = this.#parts.inputs;
    for (let first = 0; first < cells.length; first += batchSize) {
      const group = cells.subarray(first, first + batchSize);
      await this.#device.write(storeCells, group);
      await this.#device.write(positions, new Int32Array(group.length).fill(offset));
      await this.#device.run(this.#rotate, { tokens: group.length, outputs: 0 });
    }
  }

  /** Give buffers and programs back. */
  release(): void {
    this.#owned.release();
  }

  async #write(run: RunInputs): Promise<void> {
    const { inputs } = this.#parts;
    const { attentionTemperature } = this.#model.hyperparameters;
    await this.#device.write(inputs.tokens, run.tokens);
    await this.#device.write(inputs.positions, run.positions);
    await this.#device.write(inputs.storeCells, run.storeCells);
    await this.#device.write(inputs.cells, run.cells);
    await this.#device.write(inputs.spans, run.spans);
    if (inputs.temperatures === undefined || attentionTemperature === undefined) return;
    await this.#device.write(inputs.temperatures, temperatureFactors(run.positions, attentionTemperature));
  }

  async #readRows({ rows, width }: BuiltHead, count: number): Promise<Float32Array[]> {
    if (count === 0) return [];
    const length = count * width;
    if (this.#rows.length < length) this.#rows = new Float32Array(length);
    await this.#device.read(rows, this.#rows.subarray(0, length));
    return Array.from({ length: count }, (_, row) => this.#rows.subarray(row * width, (row + 1) * width));
  }

  #programsFor(kind: RowKind): RowPrograms {
    const found = this.#programs.get(kind);
    if (found !== undefined) return found;
    const { body, heads } = this.#parts.built;
    const head = heads[kind];
    const step = this.#owned.compile([...body, ...head.ops]);
    const made = { head, step, more: this.#owned.compile(head.ops) };
    this.#programs.set(kind, made);
    return made;
  }

  #compileRotate(): Program {
    const { keyValueHeads: heads } = this.#model.hyperparameters;
    const { storeCells: cells, positions, layers, ...inputs } = this.#parts.inputs;
    // What is in the cache has its magnitude already.
    const rotation = { ...inputs.rotation, magnitude: 1 };
    return this.#owned.compile(
      layers.map(({ keys: cache }) => ({ op: 'rotateCells', cache, cells, positions, heads, rotation })),
    );
  }
}

/** What gives rows of a kind. */
interface RowPrograms {
  readonly head: BuiltHead;
  /** From tokens to rows. */
  readonly step: Program;
  /** More rows of the run before. */
  readonly more: Program;
}

/** What a runner runs with. */
interface RunnerParts {
  readonly inputs: StepInputs;
  readonly built: BuiltStep;
  readonly observations: readonly Observation[];
}

function makeParts(
  { plan, rotation, weights }: Model,
  owned: OwnedBuffers,
  sizes: StepSizes,
  observe: Observed | undefined,
): RunnerParts {
  const { architecture, hyperparameters: model } = plan;
  const observations = observe === undefined ? undefined : new Observations(owned, observe);
  const inputs = allocateInputs(owned, model, rotation, sizes);
  const built = buildStep(owned, { architecture, model, weights, inputs, sizes, observations });
  return { inputs, built, observations: observations?.list ?? [] };
}

/** Cells in their order, as runs of neighbours. */
function spans(cells: Int32Array): readonly { readonly first: number; readonly count: number }[] {
  const found: { first: number; count: number }[] = [];
  for (const cell of cells) {
    const last = found.at(-1);
    if (last !== undefined && last.first + last.count === cell) last.count++;
    else found.push({ first: cell, count: 1 });
  }
  return found;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
