/** The record of one weight tensor: how much each of its input columns matters. */
export interface ImportanceEntry {
  /** The name of the weight tensor. */
  readonly name: string;
  /** How many batches touched the tensor. */
  readonly callCount: number;
  /** Mean square of the activations, one value per column; one run of columns per expert for tensors of experts. */
  readonly meanSquares: Float32Array;
}

/** An importance matrix as read from a file. */
export interface ImportanceMatrix {
  /** The file it came from. */
  readonly source: string;
  readonly entries: ReadonlyMap<string, ImportanceEntry>;
  /** Chunks of text that were run; unknown in older files. */
  readonly chunkCount: number | undefined;
  /** The calibration text's path, as the maker wrote it; unknown in older files. */
  readonly dataset: string | undefined;
}
