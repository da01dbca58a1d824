import type { GgufTensor } from '@halftone/gguf-io';
import { bytesPerRow, formats, rowCount, rowsTogether, type FormatName } from '@halftone/quant-formats';
import { typeFacts, type PlannedTensor } from '@halftone/recipe-dsl';

/**
 * Weights in one window. Large enough that handing it to a thread costs nothing beside encoding it, small enough
 * that a few in flight per thread stay far below the memory of any machine: 1 MiB of f32. A multiple of every block length.
 */
export const WEIGHTS_PER_WINDOW = 1 << 18;

/**
 * Weights in a row that cannot be cut: an encoder sees all of a row. Threat: a row is held in memory, and a tensor table may
 * claim rows of any length. Largest: about 152,000, the vocabulary of a model whose output matrix lies on its side.
 */
export const MAX_ROW_WEIGHTS = 1 << 20;

/** What is read, encoded and written at a time: whole rows of one tensor, or a part of one row. */
export interface RowWindow {
  readonly tensor: GgufTensor;
  readonly planned: PlannedTensor;
  /** Row number in the tensor, counted over all dimensions but the first. */
  readonly firstRow: number;
  readonly rows: number;
  /** 0 but for a part of a row. */
  readonly firstColumn: number;
  /** Weights of a row that are in the window. */
  readonly columns: number;
}

/** A tensor of the source file and what the plan says of it. */
export interface TensorJob {
  readonly tensor: GgufTensor;
  readonly planned: PlannedTensor;
}

/** Cut tensors into windows, in the order in which they are written. No window spans two experts of a tensor. */
export function* rowWindows(jobs: Iterable<TensorJob>): Generator<RowWindow> {
  for (const job of jobs) {
    const [columns = 1] = job.tensor.dimensions;
    yield* columns > WEIGHTS_PER_WINDOW && isDivisible(job.planned) ? partsOfRows(job) : wholeRows(job);
  }
}

/** Whether the rows may be cut between blocks: nothing is encoded, no row has a prefix that its blocks depend on, and none is interleaved with others. */
export function isDivisible({ format, source }: Pick<PlannedTensor, 'format' | 'source'>): boolean {
  const { rowPrefixBytes, interleaved } = typeFacts(format);
  return format === source.format && rowPrefixBytes === 0 && interleaved === undefined;
}

/** Where the bytes of a window start in the source, counted from the tensor's first byte. */
export function windowByteOffset({ tensor, firstRow, firstColumn }: RowWindow): number {
  const format = formats[tensor.format];
  const [columns = 1] = tensor.dimensions;
  // Only rows without a prefix are cut.
  return firstRow * bytesPerRow(format, columns) + (firstColumn / format.blockLength) * format.bytesPerBlock;
}

function* wholeRows(job: TensorJob): Generator<RowWindow> {
  const [columns = 1] = job.tensor.dimensions;
  const formatsOfRows = [job.tensor.format, job.planned.format];
  for (const run of rowRuns(job.tensor.dimensions, formatsOfRows))
    yield { ...job, ...run, firstColumn: 0, columns };
}

/** Cut a tensor into runs of whole rows, each enough for a window. Rows that a format interleaves stay together, and no run spans two experts. */
export function* rowRuns(
  [columns = 1, rowsPerExpert = 1, ...experts]: readonly number[],
  formatsOfRows: readonly FormatName[],
): Generator<Pick<RowWindow, 'firstRow' | 'rows'>> {
  // Of two numbers of rows that stand together, the greater is a multiple of the other.
  const together = Math.max(...formatsOfRows.map((name) => rowsTogether(formats[name])));
  const rowsPerWindow = together * Math.max(1, Math.floor(WEIGHTS_PER_WINDOW / columns / together));
  for (let expert = 0; expert < product(experts); expert++) {
    for (let row = 0; row < rowsPerExpert; row += rowsPerWindow) {
      const rows = Math.min(rowsPerWindow, rowsPerExpert - row);
      yield { firstRow: expert * rowsPerExpert + row, rows };
    }
  }
}

function* partsOfRows(job: TensorJob): Generator<RowWindow> {
  const [columns = 1] = job.tensor.dimensions;
  const rows = rowCount(job.tensor.dimensions);
  for (let firstRow = 0; firstRow < rows; firstRow++) {
    for (let firstColumn = 0; firstColumn < columns; firstColumn += WEIGHTS_PER_WINDOW) {
      const length = Math.min(WEIGHTS_PER_WINDOW, columns - firstColumn);
      yield { ...job, firstRow, rows: 1, firstColumn, columns: length };
    }
  }
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total * length, 1);
}
