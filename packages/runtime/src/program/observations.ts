import type { Count, Op, Values } from '@halftone/tensor-kernels';
import type { Routed } from './layer-builder';
import type { Allocator } from './step-inputs';

/** Sums of the squares of what goes into one or more weights. */
export interface Observation {
  /** Names of the weight tensors that the same rows go into. */
  readonly names: readonly string[];
  /** (experts, width) */
  readonly sums: Values;
  /** (experts): rows that each expert got; `undefined` where every row goes in. */
  readonly hits: Values | undefined;
}

/** Which products are looked at: those of layers, or the one of the head too. */
export type Observed = 'layers' | 'all';

/** Adds ops to a step that sum up the squares of what goes into each product: what an importance matrix is made of. */
export class Observations {
  readonly list: Observation[] = [];
  readonly #allocator: Allocator;
  readonly #observed: Observed;

  constructor(allocator: Allocator, observed: Observed) {
    this.#allocator = allocator;
    this.#observed = observed;
  }

  /** Ops to go before a product. `count`: what the rows are; the head's are outputs. */
  matmul(names: readonly string[], count: Count, input: Values, width: number): Op[] {
    if (count === 'outputs' && this.#observed === 'layers') return [];
    const sums = this.#allocator.allocateValues(width);
    this.list.push({ names, sums, hits: undefined });
    return [{ op: 'sumSquares', count, input, width, sums }];
  }

  expertMatmul(names: readonly string[], routed: Routed, width: number): Op[] {
    const sums = this.#allocator.allocateValues(routed.experts * width);
    const hits = this.#allocator.allocateValues(routed.experts);
    this.list.push({ names, sums, hits });
    return [{ op: 'sumExpertSquares', ...routed, width, sums, hits }];
  }
}
