import type { GgufTensor } from '@halftone/gguf-io';
import type { PlannedTensor } from '@halftone/recipe-dsl';

/**
 * Weights in one window. Large enough that handing it to a thread costs nothing beside encoding it, small enough
 * that a few in flight per thread stay far below the memory of any machine: 1 MiB of f32.
 */
const WEIGHTS_PER_WINDOW = 1 << 18;

/** Consecutive rows of one tensor: the unit that is read, encoded and written. */
export interface RowWindow {
  readonly tensor: GgufTensor;
  readonly planned: PlannedTensor;
  /** Row number in the tensor, counted over all dimensions but the first. */
  readonly firstRow: number;
  readonly rows: number;
  /** Weights in a row. */
  readonly columns: number;
}

/** A tensor of the source file and what the plan says of it. */
export interface TensorJob {
  readonly tensor: GgufTensor;
  readonly planned: PlannedTensor;
}

/** Cut tensors into windows, in the order in which they are written. No window spans two experts of a tensor. */
export function* rowWindows(jobs: Iterable<TensorJob>): Generator<RowWindow> {
  for (const { tensor, planned } of jobs) {
    const [columns = 1, rowsPerExpert = 1, ...experts] = tensor.dimensions;
    const expertCount = experts.reduce((product, length) => product * length, 1);
    const rowsPerWindow = Math.max(1, Math.floor(WEIGHTS_PER_WINDOW / columns));
    for (let expert = 0; expert < expertCount; expert++) {
      for (let row = 0; row < rowsPerExpert; row += rowsPerWindow) {
        const rows = Math.min(rowsPerWindow, rowsPerExpert - row);
        yield { tensor, planned, firstRow: expert * rowsPerExpert + row, rows, columns };
      }
    }
  }
}
