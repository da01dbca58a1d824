import { isEncoded, type Plan, type PlannedTensor } from '@halftone/recipe-dsl';
import type { RowWindow } from './row-window';
import { addErrors, NO_ERROR, type SquareErrorSums } from '@halftone/tensor-kernels';

/** How far the work has come. */
export interface QuantizeProgress {
  /** The tensor that was written last, and its place in the plan, from 0. */
  readonly planned: PlannedTensor;
  readonly tensorIndex: number;
  readonly tensorCount: number;
  /** Weights written so far, and of all tensors. */
  readonly weightsDone: number;
  readonly weightsTotal: number;
}

/** What became of one tensor, and how far the work had come when it was whole. */
export interface TensorReport extends QuantizeProgress {
  /** Left out for a tensor whose weights stayed what they were. */
  readonly errors?: SquareErrorSums;
}

/** Who is told how the work goes on. */
export interface QuantizeListener {
  /** A window of rows was written. */
  readonly onProgress?: ((progress: QuantizeProgress) => void) | undefined;
  /** A tensor is whole: called after `onProgress` for its last window, with the same numbers. */
  readonly onTensor?: ((report: TensorReport) => void) | undefined;
}

/** Follows the windows as they are written, and makes the report of each tensor when it is whole. */
export class TensorReporter {
  /** Of the tensors that are whole, in the order of the plan. */
  readonly reports: TensorReport[] = [];
  readonly #plan: Plan;
  readonly #listener: QuantizeListener;
  #weightsDone = 0;
  /** Of the tensor that is being written. */
  #tensorWeightsDone = 0;
  #tensorErrors = NO_ERROR;

  /** @param finished - the errors of the tensors that were whole before, in the order of the plan; nobody is told of them again */
  constructor(
    plan: Plan,
    listener: QuantizeListener,
    finished: readonly (SquareErrorSums | undefined)[] = [],
  ) {
    this.#plan = plan;
    this.#listener = listener;
    for (const [index, planned] of plan.tensors.slice(0, finished.length).entries()) {
      this.#weightsDone += planned.weights;
      this.reports.push(this.#report(this.#progress(planned), finished[index]));
    }
  }

  /**
   * A window was written; `errors` are those of its rows.
   *
   * @returns the report of its tensor when that is whole now.
   */
  windowWritten({ planned, rows, columns }: RowWindow, errors: SquareErrorSums): TensorReport | undefined {
    this.#weightsDone += rows * columns;
    this.#tensorWeightsDone += rows * columns;
    this.#tensorErrors = addErrors(this.#tensorErrors, errors);
    const progress = this.#progress(planned);
    this.#listener.onProgress?.(progress);
    return this.#tensorWeightsDone >= planned.weights
      ? this.#report(progress, this.#tensorErrors)
      : undefined;
  }

  /** The tensor of `report` is safe: tell it, and turn to the next one. */
  tensorDone(report: TensorReport): void {
    this.reports.push(report);
    this.#listener.onTensor?.(report);
    this.#tensorWeightsDone = 0;
    this.#tensorErrors = NO_ERROR;
  }

  #progress(planned: PlannedTensor): QuantizeProgress {
    return {
      planned,
      tensorIndex: this.reports.length,
      tensorCount: this.#plan.tensors.length,
      weightsDone: this.#weightsDone,
      weightsTotal: this.#plan.totals.weights,
    };
  }

  #report(progress: QuantizeProgress, errors: SquareErrorSums | undefined): TensorReport {
    return isEncoded(progress.planned) && errors !== undefined ? { ...progress, errors } : progress;
  }
}
