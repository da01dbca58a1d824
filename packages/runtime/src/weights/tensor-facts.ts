/** A tensor that an architecture asks for. */
export interface TensorFact {
  readonly name: string;
  /**
   * What it becomes: `matrix` stays packed, `vector` is decoded to floats, `divisors` go into the frequencies of the rotation. A
   * matrix of experts has three dimensions.
   */
  readonly use: 'matrix' | 'vector' | 'divisors';
  /** ggml's order: columns, rows, experts. */
  readonly dimensions: readonly number[];
  readonly isOptional?: boolean;
}
