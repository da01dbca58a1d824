import type { Indices, Op, Values } from '@halftone/tensor-kernels';
import type { Hyperparameters } from '../metadata/hyperparameters';
import type { StepBuilder } from './step-builder';
import type { LayerCache, StepInputs } from './step-inputs';

/** A product by the name of its weights within the layer, without `.weight`. */
export interface NamedProduct {
  readonly name: string;
  readonly out: Values;
}

/** How rows were routed to experts. */
export interface Routed {
  readonly input: Values;
  readonly inputPerExpert: boolean;
  readonly ids: Indices;
  readonly used: number;
  readonly experts: number;
}

/** Appends the ops of one layer to a step. Names are those within the layer. */
export class LayerBuilder {
  readonly #step: StepBuilder;
  readonly #prefix: string;

  constructor(
    step: StepBuilder,
    index: number,
    readonly cache: LayerCache,
  ) {
    this.#step = step;
    this.#prefix = `blk.${index}.`;
  }

  get model(): Hyperparameters {
    return this.#step.model;
  }

  get inputs(): StepInputs {
    return this.#step.inputs;
  }

  add(op: Op): void {
    this.#step.ops.push(op);
  }

  /** A buffer (batchSize, width) that every layer uses anew. */
  scratch(name: string, width: number): Values {
    return this.#step.scratch(name, width);
  }

  /** The same for whole numbers. */
  scratchIndices(name: string, width: number): Indices {
    return this.#step.scratchIndices(name, width);
  }

  optionalVector(name: string): Values | undefined {
    return this.#step.weights.optionalVector(this.#prefix + name);
  }

  /** The stream, normalised with the weights of this name, in a buffer of its own. */
  normStream(name: string): Values {
    const out = this.scratch('normed', this.model.embeddingLength);
    const { stream } = this.#step;
    this.#step.norm({ count: 'tokens', input: stream, out, name: this.#prefix + name });
    return out;
  }

  addToStream(addend: Values): void {
    this.add({ op: 'add', data: this.#step.stream, addend, width: this.model.embeddingLength });
  }

  /** Products of the same input. A bias is added where the layer has one. */
  matmul(input: Values, products: readonly NamedProduct[]): void {
    this.#step.matmul('tokens', input, products.map(this.#named));
  }

  /** Products of the experts that the rows were routed to. */
  expertMatmul(routed: Routed, products: readonly NamedProduct[]): void {
    this.#step.expertMatmul(routed, products.map(this.#named));
  }

  readonly #named = ({ name, out }: NamedProduct): NamedProduct => ({ name: this.#prefix + name, out });
}
