import { nameBytes } from './check-entry';
import { ImatrixError } from './error';
import { shapeWords } from './shape-words';
import type { ImportanceEntry, ImportanceMatrix } from './types';

/** What is known before the first chunk is run. */
export interface CollectorOptions {
  /** Rows in a chunk: the tokens of the context. */
  readonly chunkSize: number;
  /** Path of the calibration text, to be told in the file. */
  readonly dataset?: string;
}

/** Where the activations of one tensor and batch are told. */
export interface ActivationSums {
  /** Sum of the squared activations of each column, `(experts, columns)`; a matrix that is no tensor of experts has one. */
  readonly sums: Float32Array | Float64Array;
  /** Rows in the sums of each expert: 0 for one that the batch did not reach. */
  readonly counts: ArrayLike<number>;
}

/** What to call the collected matrix in messages: it has no file yet. */
const SOURCE = 'the collected importance matrix';

/**
 * Adds up, in double precision, the squared activations that go into each weight while a model reads a text.
 *
 * The runtime calls `record` for each weight matrix of each batch, under the name of that very tensor, and `endChunk`
 * after each chunk of text; `matrix` gives what was learned so far.
 */
export class ImportanceCollector {
  readonly #chunkSize: number;
  readonly #datasets: readonly string[];
  readonly #entries = new Map<string, { sums: Float64Array; counts: Float64Array }>();
  #chunkCount = 0;

  constructor({ chunkSize, dataset }: CollectorOptions) {
    if (!Number.isSafeInteger(chunkSize) || chunkSize < 1) {
      throw new ImatrixError('bad-count', 'a chunk has a whole number of rows', {
        found: chunkSize,
        allowed: '1 or more',
      });
    }
    this.#chunkSize = chunkSize;
    this.#datasets = dataset === undefined ? [] : [dataset];
  }

  /** Chunks that are complete. */
  get chunkCount(): number {
    return this.#chunkCount;
  }

  /**
   * Add what one batch sent through one weight. A batch that is refused leaves no trace.
   *
   * @param tensor - the name of the weight tensor
   * @throws ImatrixError `bad-value` when an activation was NaN or infinite, or its square too large for the sum;
   * `bad-count`; `wrong-length` when the shape is not that of the batches before; `bad-name`.
   */
  record(tensor: string, { sums, counts }: ActivationSums): void {
    checkSums(tensor, sums, counts);
    const entry = this.#entries.get(tensor) ?? this.#newEntry(tensor, sums.length, counts.length);
    if (entry.sums.length !== sums.length || entry.counts.length !== counts.length) {
      throw new ImatrixError('wrong-length', 'the batch has another shape than those before', {
        tensor,
        found: shapeWords({ sums, counts }),
        allowed: shapeWords(entry),
      });
    }
    add(sums, entry.sums);
    add(counts, entry.counts);
  }

  /** A chunk of text is complete. */
  endChunk(): void {
    this.#chunkCount++;
  }

  /** What was learned so far, in the order in which the tensors were first met. Collecting may go on. */
  matrix(): ImportanceMatrix {
    const entries = [...this.#entries].map(([name, { sums, counts }]): [string, ImportanceEntry] => [
      name,
      { name, sums: sums.slice(), counts: counts.slice() },
    ]);
    return {
      source: SOURCE,
      entries: new Map(entries),
      chunkCount: this.#chunkCount,
      chunkSize: this.#chunkSize,
      datasets: this.#datasets,
    };
  }

  #newEntry(tensor: string, length: number, experts: number) {
    nameBytes(tensor, SOURCE);
    const entry = { sums: new Float64Array(length), counts: new Float64Array(experts) };
    this.#entries.set(tensor, entry);
    return entry;
  }
}

function checkSums(tensor: string, sums: ArrayLike<number>, counts: ArrayLike<number>): void {
  if (counts.length === 0 || sums.length === 0 || sums.length % counts.length !== 0) {
    throw new ImatrixError('wrong-length', 'the sums are not as many for each expert', {
      tensor,
      found: `${sums.length} sums for ${counts.length} experts`,
      allowed: 'one or more columns for each of one or more experts',
    });
  }
  const columns = sums.length / counts.length;
  for (let expert = 0; expert < counts.length; expert++) {
    const count = counts[expert] ?? NaN;
    if (!Number.isSafeInteger(count) || count < 0) {
      const found = `${count} for expert ${expert}`;
      throw new ImatrixError('bad-count', 'a count is no number of rows', {
        tensor,
        found,
        allowed: 'whole numbers from 0 on',
      });
    }
    for (let column = 0; column < columns; column++) {
      const sum = sums[expert * columns + column] ?? NaN;
      if (sum >= 0 && sum < Infinity && (count > 0 || sum === 0)) continue;
      throw badSum(tensor, `${sum} from ${count} rows in column ${column} of expert ${expert}`);
    }
  }
}

function badSum(tensor: string, found: string): ImatrixError {
  return new ImatrixError('bad-value', 'the activations that go into the tensor have no finite squares', {
    tensor,
    found,
    allowed: 'finite sums from 0 on, and 0 from no rows',
    advice:
      'The model gives NaN or infinity on this text: its weights may be damaged, or too large for the type.',
  });
}

function add(values: ArrayLike<number>, to: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] ?? NaN) + (values[i] ?? NaN);
}
