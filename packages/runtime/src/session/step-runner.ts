import type { Device, Program } from '@halftone/tensor-kernels';
import type { Model } from '../model/model';
import { Observations, type Observation, type Observed } from '../program/observations';
import { buildStep, type BuiltStep } from '../program/step-builder';
import { allocateInputs, type StepInputs, type StepSizes } from '../program/step-inputs';
import type { BatchPart } from './batch';
import { runInputs, temperatureFactors, type RunInputs } from './run-inputs';
import type { CellMover } from './sequence';

/** The buffers and programs of a session: runs parts of batches, and moves cells of the cache. */
export class StepRunner implements CellMover {
  readonly observations: readonly Observation[];
  readonly #model: Model;
  readonly #sizes: StepSizes;
  readonly #inputs: StepInputs;
  readonly #built: BuiltStep;
  readonly #step: Program;
  readonly #head: Program;
  /** (outputs, vocabulary): where logits are read to; as long as was needed so far. */
  #logits = new Float32Array(0);
  /** Made when keys are first turned. */
  #turn: Program | undefined;

  constructor(model: Model, sizes: StepSizes, observe: Observed | undefined) {
    const { device, rotation, weights } = model;
    const { architecture, hyperparameters } = model.plan;
    const observations = observe === undefined ? undefined : new Observations(device, observe);
    this.#model = model;
    this.#sizes = sizes;
    this.#inputs = allocateInputs(device, hyperparameters, rotation, sizes);
    this.#built = buildStep(device, {
      architecture,
      model: hyperparameters,
      weights,
      inputs: this.#inputs,
      sizes,
      observations,
    });
    this.observations = observations?.list ?? [];
    this.#step = device.compile(this.#built.step);
    this.#head = device.compile(this.#built.head);
  }

  get #device(): Device {
    return this.#model.device;
  }

  /**
   * Read the tokens of the parts, which take cells of the cache, and give the rows of logits that are wanted in their order:
   * (vocabulary), each valid until the next is asked for.
   */
  async *run(parts: readonly BatchPart[]): AsyncGenerator<Float32Array, void, undefined> {
    const inputs = runInputs(parts);
    await this.#write(inputs);
    const tokens = inputs.tokens.length;
    const { rows } = inputs;
    const { outputs } = this.#sizes;
    // The first rows of logits come with the step itself; where there is no room for all, the head is run again for more.
    for (let first = 0; first === 0 || first < rows.length; first += outputs) {
      const group = rows.subarray(first, first + outputs);
      if (group.length > 0) await this.#device.write(this.#inputs.rows, group);
      await this.#device.run(first === 0 ? this.#step : this.#head, { tokens, outputs: group.length });
      yield* await this.#readLogits(group.length);
    }
  }

  async copyCells(from: readonly number[], to: readonly number[]): Promise<void> {
    for (const cache of this.#inputs.layers.flatMap(({ keys, values }) => [keys, values])) {
      for (const [index, cell] of from.entries()) {
        const bytes = await this.#device.readCells(cache, cell, 1);
        await this.#device.writeCells(cache, to[index] ?? 0, bytes);
      }
    }
  }

  async turnCells(cells: Int32Array, offset: number): Promise<void> {
    this.#turn ??= this.#compileTurn();
    const { batchSize } = this.#sizes;
    for (let first = 0; first < cells.length; first += batchSize) {
      const group = cells.subarray(first, first + batchSize);
      await this.#device.write(this.#inputs.storeCells, group);
      await this.#device.write(this.#inputs.positions, new Int32Array(group.length).fill(offset));
      await this.#device.run(this.#turn, { tokens: group.length, outputs: 0 });
    }
  }

  /** Give buffers and programs back. */
  release(): void {
    const { layers, tokens, positions, storeCells, cells, spans, rows, temperatures } = this.#inputs;
    const handles = [
      ...[this.#step, this.#head, this.#turn],
      ...[tokens, positions, storeCells, cells, spans, rows, temperatures],
      ...layers.flatMap(({ keys, values }) => [keys, values]),
      ...this.#built.buffers,
      ...this.observations.flatMap(({ sums, hits }) => [sums, hits]),
    ];
    for (const handle of handles) if (handle !== undefined) this.#device.release(handle);
  }

  async #write(run: RunInputs): Promise<void> {
    const inputs = this.#inputs;
    const { temperature } = this.#model.hyperparameters;
    await this.#device.write(inputs.tokens, run.tokens);
    await this.#device.write(inputs.positions, run.positions);
    await this.#device.write(inputs.storeCells, run.storeCells);
    await this.#device.write(inputs.cells, run.cells);
    await this.#device.write(inputs.spans, run.spans);
    if (inputs.temperatures === undefined || temperature === undefined) return;
    await this.#device.write(inputs.temperatures, temperatureFactors(run.positions, temperature));
  }

  async #readLogits(count: number): Promise<Float32Array[]> {
    if (count === 0) return [];
    const { vocabulary } = this.#model.plan;
    const length = count * vocabulary;
    if (this.#logits.length < length) this.#logits = new Float32Array(length);
    await this.#device.read(this.#built.logits, this.#logits.subarray(0, length));
    return Array.from({ length: count }, (_, row) =>
      this.#logits.subarray(row * vocabulary, (row + 1) * vocabulary),
    );
  }

  #compileTurn(): Program {
    const { keyValueHeads: heads } = this.#model.hyperparameters;
    const { storeCells: cells, positions, layers } = this.#inputs;
    // What is in the cache has its magnitude already.
    const rotation = { ...this.#inputs.rotation, magnitude: 1 };
    return this.#device.compile(
      layers.map(({ keys: cache }) => ({ op: 'rotateCells', cache, cells, positions, heads, rotation })),
    );
  }
}
