import type { Count, Indices, Op, Values } from '@halftone/tensor-kernels';
import type { Architecture } from '../architectures/architecture';
import type { Hyperparameters } from '../metadata/hyperparameters';
import type { ModelWeights } from '../weights/model-weights';
import { LayerBuilder, type NamedProduct, type Routed } from './layer-builder';
import type { Observations } from './observations';
import type { Allocator, StepInputs, StepSizes } from './step-inputs';

/** What a step is built for. */
export interface StepPlan {
  readonly architecture: Architecture;
  readonly model: Hyperparameters;
  readonly weights: ModelWeights;
  readonly inputs: StepInputs;
  readonly sizes: StepSizes;
  /** Where the squares of what goes into products are summed, if they are to be. */
  readonly observations: Observations | undefined;
}

/** What a run gives of the tokens that are wanted: what the model predicts after each, or the state that it predicts that from. */
export type RowKind = 'logits' | 'states';

/** The last part of a step. */
export interface BuiltHead {
  /** From the stream to `rows`. */
  readonly ops: readonly Op[];
  /** (O, width) */
  readonly rows: Values;
  readonly width: number;
}

/** The ops of a step. */
export interface BuiltStep {
  /** From ids of tokens to the stream. */
  readonly body: readonly Op[];
  readonly heads: Readonly<Record<RowKind, BuiltHead>>;
}

/** Build the ops of a step: embedding, layers, heads. */
export function buildStep(allocator: Allocator, plan: StepPlan): BuiltStep {
  const builder = new StepBuilder(allocator, plan);
  builder.embed();
  plan.inputs.layers.forEach((cache, index) =>
    plan.architecture.buildLayer(new LayerBuilder(builder, index, cache)),
  );
  const { ops } = builder;
  const bodyLength = ops.length;
  const states = builder.states();
  const statesLength = ops.length;
  const logits = builder.logits(states);
  return {
    body: ops.slice(0, bodyLength),
    heads: {
      states: {
        ops: ops.slice(bodyLength, statesLength),
        rows: states,
        width: plan.model.embeddingLength,
      },
      logits: { ops: ops.slice(bodyLength), rows: logits, width: builder.head.rows },
    },
  };
}

/** Appends ops to a step. Buffers are made when they are first asked for, and used anew by every layer. */
export class StepBuilder {
  readonly ops: Op[] = [];
  readonly model: Hyperparameters;
  readonly weights: ModelWeights;
  readonly inputs: StepInputs;
  /** (T, embeddingLength): what layers read and add to. */
  readonly stream: Values;
  readonly #allocator: Allocator;
  readonly #sizes: StepSizes;
  readonly #observations: Observations | undefined;
  readonly #values = new Map<string, Values>();
  readonly #indices = new Map<string, Indices>();

  constructor(allocator: Allocator, { model, weights, inputs, sizes, observations }: StepPlan) {
    this.#allocator = allocator;
    this.#sizes = sizes;
    this.#observations = observations;
    this.model = model;
    this.weights = weights;
    this.inputs = inputs;
    this.stream = this.scratch('stream', model.embeddingLength);
  }

  /** A buffer (rows, width), one for each name and width. */
  scratch(name: string, width: number, rows = this.#sizes.batchSize): Values {
    return once(this.#values, `${name} ${width}`, () => this.#allocator.allocateValues(rows * width));
  }

  /** The same for whole numbers. */
  scratchIndices(name: string, width: number): Indices {
    const length = this.#sizes.batchSize * width;
    return once(this.#indices, `${name} ${width}`, () => this.#allocator.allocateIndices(length));
  }

  /** The stream = the embedding of each token. */
  embed(): void {
    const weights = this.weights.matrix('token_embd.weight');
    this.ops.push({ op: 'decodeRows', weights, ids: this.inputs.tokens, out: this.stream });
  }

  /** The normed stream of the tokens that are wanted: (O, embeddingLength). */
  states(): Values {
    const { embeddingLength: width } = this.model;
    const selected = this.scratch('selected', width, this.#sizes.outputs);
    this.ops.push({ op: 'selectRows', input: this.stream, rows: this.inputs.rows, out: selected, width });
    this.norm({ count: 'outputs', input: selected, out: selected, name: 'output_norm.weight' });
    return selected;
  }

  /** The matrix that makes logits. Without an output matrix the token embedding serves (Press and Wolf, 2017). */
  get head(): { readonly name: string; readonly rows: number } {
    const name = this.weights.has('output.weight') ? 'output' : 'token_embd';
    return { name, rows: this.weights.matrix(`${name}.weight`).shape.rows };
  }

  /** Logits of those tokens: (O, vocabulary). */
  logits(states: Values): Values {
    const { name, rows } = this.head;
    const logits = this.scratch('logits', rows, this.#sizes.outputs);
    this.matmul('outputs', states, [{ name, out: logits }]);
    return logits;
  }

  /** Root mean square normalisation over whole rows. */
  norm(norm: { count: Count; input: Values; out: Values; name: string }): void {
    const { count, input, out, name } = norm;
    const { embeddingLength: width, normEpsilon: epsilon } = this.model;
    const weights = this.weights.vector(name);
    this.ops.push({ op: 'rmsNorm', count, input, out, weights, groups: 1, width, epsilon });
  }

  /** Products of the same input, by the names of their weights without `.weight`. */
  matmul(count: Count, input: Values, products: readonly NamedProduct[]): void {
    const made = products.map(({ name, out }) => {
      const bias = this.weights.optionalVector(`${name}.bias`);
      return { weights: this.weights.matrix(`${name}.weight`), out, ...(bias === undefined ? {} : { bias }) };
    });
    const width = made[0]?.weights.shape.columns ?? 0;
    this.ops.push(...(this.#observations?.matmul(namesOf(products), count, input, width) ?? []));
    this.ops.push({ op: 'matmul', count, input, products: made });
  }

  /** Products of experts, likewise. */
  expertMatmul(
    { input, inputPerExpert, ids, used, experts }: Routed,
    products: readonly NamedProduct[],
  ): void {
    const made = products.map(({ name, out }) => ({ weights: this.weights.matrix(`${name}.weight`), out }));
    const width = made[0]?.weights.shape.columns ?? 0;
    const routed = { input, inputPerExpert, ids, used };
    this.ops.push(
      ...(this.#observations?.expertMatmul(namesOf(products), { ...routed, experts }, width) ?? []),
    );
    this.ops.push({ op: 'expertMatmul', ...routed, products: made });
  }
}

function namesOf(products: readonly NamedProduct[]): string[] {
  return products.map(({ name }) => `${name}.weight`);
}

function once<Buffer>(buffers: Map<string, Buffer>, key: string, make: () => Buffer): Buffer {
  const found = buffers.get(key);
  if (found !== undefined) return found;
  const made = make();
  buffers.set(key, made);
  return made;
}
