/**
 * The record of one weight tensor: the sums of its squared activations, and how many rows are in them.
 *
 * The shape is `(experts, columns)`: `sums` has one run of columns for each number in `counts`. A matrix that is no
 * tensor of experts has one count; so has every entry of a legacy file, whose runs of several experts were brought to
 * one count when it was written.
 */
export interface ImportanceEntry {
  /** The name of the weight tensor. */
  readonly name: string;
  /** Sum of the squared activations of each column: float32 as files store it, float64 where it was just added up. */
  readonly sums: Float32Array | Float64Array;
  /** Rows of activations in each run: whole numbers, 0 for an expert that was never hit. */
  readonly counts: Float64Array;
}

/** What was learned of the importance of the columns of a model's weights. */
export interface ImportanceMatrix {
  /** The file it came from, or what else to call it in messages. */
  readonly source: string;
  /** By the name of the tensor, in the order of the file. */
  readonly entries: ReadonlyMap<string, ImportanceEntry>;
  /** Chunks of text that were run; unknown in old files. */
  readonly chunkCount: number | undefined;
  /**
   * Rows in a chunk: the tokens of its context. `undefined` where it is not known, as in every legacy file: then the
   * counts of the entries are whole chunks (strictly, the evaluations of the model), not rows.
   */
  readonly chunkSize: number | undefined;
  /** Paths of the calibration texts, as the maker wrote them. */
  readonly datasets: readonly string[];
  /** Tensors of a GGUF file that mean nothing to this reader. */
  readonly ignored?: readonly string[];
}
