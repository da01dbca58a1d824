import { GgufError, type GgufFile, type GgufTensor } from '@halftone/gguf-io';
import {
  importanceOfRow,
  matchImportance,
  type ImportanceMatch,
  type ImportanceMatrix,
  type TensorImportance,
} from '@halftone/imatrix';
import { bytesPerRow, formats, type FormatName } from '@halftone/quant-formats';
import { typeFacts } from '@halftone/recipe-dsl';
import type { Backend } from '@halftone/tensor-kernels';
import { openBackend } from '@halftone/tensor-kernels/node';
import { throwIfAborted } from '../abort';
import { QuantizeError } from '../error';
import { notFiniteError, rowTooLongError } from '../refusal';
import { MAX_ROW_WEIGHTS, rowRuns } from '../row-window';
import { addDifferences, differenceSums, NO_DIFFERENCE, type DifferenceSums } from './difference';
import { tensorMismatch } from './same-tensors';

/** How two files are compared. */
export interface CompareOptions {
  /** Left out, all columns count alike. */
  readonly importanceMatrix?: ImportanceMatrix | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A tensor is compared: how many of how many. */
  readonly onTensor?: ((done: number, count: number) => void) | undefined;
}

/** The block of a tensor in which two files differ most. */
export interface WorstBlock {
  readonly tensor: string;
  /** Number of the block in the tensor, from 0: blocks are counted along a row, then row by row. */
  readonly index: number;
  readonly row: number;
  readonly column: number;
  /** Weights in it: the longer of the blocks of both types; a whole row where neither type has blocks. */
  readonly length: number;
  /** Mean square error of the block over the mean square of the weights of the tensor. */
  readonly error: number;
}

/** One tensor of two files. */
export interface TensorComparison {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** In the first file, and in the second. */
  readonly types: readonly [FormatName, FormatName];
  readonly bytes: readonly [number, number];
  readonly sums: DifferenceSums;
  /** Left out where both files hold equal weights. */
  readonly worst?: WorstBlock | undefined;
}

/** Two files, tensor by tensor in the order of the first. */
export interface Comparison {
  readonly tensors: readonly TensorComparison[];
  /** Left out where there is no importance matrix. */
  readonly importance?: ImportanceMatch | undefined;
}

/**
 * Compare the weights of two files that hold the same tensors, in whatever types: the first is taken for the truth. In memory at a time is
 * one window of rows of each.
 *
 * @throws {@link QuantizeError} `other-tensors` when the files do not hold the same tensors; `not-finite` for a weight that is NaN or
 * infinite; `row-too-long`; `aborted` when `signal` says so; `GgufError` `no-tensor-data` for a header alone; the errors of `matchImportance`.
 */
export async function compareWeights(
  file: GgufFile,
  other: GgufFile,
  options: CompareOptions = {},
): Promise<Comparison> {
  refuseOtherTensors(file, other);
  for (const each of [file, other]) refuseHeaderAlone(each);
  const { importanceMatrix, signal, onTensor } = options;
  const others = new Map(other.tensors.map((tensor) => [tensor.name, tensor]));
  const importance = importanceMatrix && matchImportance(importanceMatrix, other.tensors.map(matchTensor));
  const comparer = new PairComparer(await openBackend(), signal);
  const tensors: TensorComparison[] = [];
  for (const tensor of file.tensors) {
    const pair = others.get(tensor.name);
    if (pair === undefined) continue;
    const ofTensor = importance?.byTensor.get(tensor.name);
    tensors.push(await comparer.compare({ file, tensor }, { file: other, tensor: pair }, ofTensor));
    onTensor?.(tensors.length, file.tensors.length);
  }
  return { tensors, importance };
}

/** Calibration says nothing of norms and vectors, which stay floats. */
function matchTensor({ name, dimensions, format }: GgufTensor) {
  return { name, dimensions, quantized: typeFacts(format).family !== 'float' };
}

/** A tensor and the file that it is in. */
interface Placed {
  readonly file: GgufFile;
  readonly tensor: GgufTensor;
}

/** Compares tensors, and keeps the room for their weights. */
class PairComparer {
  readonly #backend: Backend;
  readonly #signal: AbortSignal | undefined;
  #weights = new Float32Array(0);
  #others = new Float32Array(0);

  constructor(backend: Backend, signal: AbortSignal | undefined) {
    this.#backend = backend;
    this.#signal = signal;
  }

  async compare(
    one: Placed,
    two: Placed,
    importance: TensorImportance | undefined,
  ): Promise<TensorComparison> {
    const { name, dimensions } = one.tensor;
    const types = [one.tensor.format, two.tensor.format] as const;
    const [columns = 1] = dimensions;
    if (columns > MAX_ROW_WEIGHTS) throw rowTooLongError(name, columns, one.file.source.name);
    const length = Math.max(...types.map((type) => typeFacts(type).blockLength));
    const blocks = new BlockSums(columns, length === 1 ? columns : length);
    for (const { firstRow, rows } of rowRuns(dimensions, types)) {
      throwIfAborted(this.#signal, one.file.source.name, 'comparing');
      this.#weights = await this.#decode(one, firstRow, rows, this.#weights);
      this.#others = await this.#decode(two, firstRow, rows, this.#others);
      const ofRow = importance && importanceOfRow(importance, firstRow);
      blocks.add(this.#weights, this.#others, firstRow, rows, ofRow);
    }
    return {
      name,
      dimensions,
      types,
      bytes: [one.tensor.byteLength, two.tensor.byteLength],
      sums: blocks.sums,
      worst: blocks.worstOf(name),
    };
  }

  /** The weights of some rows, in `room` where that is large enough. */
  async #decode(
    { file, tensor }: Placed,
    firstRow: number,
    rows: number,
    room: Float32Array<ArrayBuffer>,
  ): Promise<Float32Array<ArrayBuffer>> {
    const [columns = 1] = tensor.dimensions;
    const rowBytes = bytesPerRow(formats[tensor.format], columns);
    const bytes = new Uint8Array(rows * rowBytes);
    await file.readTensorRange(tensor, firstRow * rowBytes, bytes);
    const whole = room.length >= rows * columns ? room : new Float32Array(rows * columns);
    const weights = whole.subarray(0, rows * columns);
    this.#backend.decodeRows(tensor.format, bytes, columns, weights);
    const place = this.#backend.firstBeyond(weights, Number.MAX_VALUE);
    if (place === undefined) return whole;
    const row = firstRow + Math.floor(place / columns);
    throw notFiniteError(tensor, row, place % columns, weights[place] ?? NaN, file.source.name);
  }
}

/** Adds up the differences of a tensor block by block, and remembers the worst. */
class BlockSums {
  sums = NO_DIFFERENCE;
  readonly #columns: number;
  readonly #length: number;
  /** Square error of the worst block so far, and where it is. */
  #worst = { squareError: 0, row: 0, column: 0 };

  constructor(columns: number, length: number) {
    this.#columns = columns;
    this.#length = length;
  }

  add(
    weights: Float32Array,
    others: Float32Array,
    firstRow: number,
    rows: number,
    importance: Float32Array | undefined,
  ): void {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < this.#columns; column += this.#length) {
        const start = row * this.#columns + column;
        const end = start + this.#length;
        const sums = differenceSums(
          weights.subarray(start, end),
          others.subarray(start, end),
          importance?.subarray(column, column + this.#length),
        );
        this.sums = addDifferences(this.sums, sums);
        if (sums.error > this.#worst.squareError)
          this.#worst = { squareError: sums.error, row: firstRow + row, column };
      }
    }
  }

  worstOf(tensor: string): WorstBlock | undefined {
    const { squareError, row, column } = this.#worst;
    const { energy, weights } = this.sums;
    if (squareError === 0) return undefined;
    const length = this.#length;
    const index = row * (this.#columns / length) + column / length;
    return { tensor, index, row, column, length, error: (squareError * weights) / (length * energy) };
  }
}

function refuseOtherTensors(file: GgufFile, other: GgufFile): void {
  const mismatch = tensorMismatch(file, other);
  if (mismatch === undefined) return;
  throw new QuantizeError('other-tensors', 'the files do not hold the same tensors', {
    file: other.source.name,
    ...mismatch,
    advice: `Give two files of one model; ${file.source.name} tells what is allowed.`,
  });
}

function refuseHeaderAlone({ hasTensorData, source }: GgufFile): void {
  if (hasTensorData) return;
  throw new GgufError('no-tensor-data', 'the file is a header alone', {
    file: source.name,
    advice: 'To compare weights, take the whole file.',
  });
}
