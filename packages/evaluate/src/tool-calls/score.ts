import { MeanSum, type Estimate } from '../statistics';
import { isExact, type MadeCall } from './exact';
import type { ToolTask } from './tool-tasks';

/** How many of the tasks were answered with exactly the expected calls. */
export interface ToolCallReport {
  readonly tasks: number;
  readonly exact: number;
  /** Their share, 0 to 1. */
  readonly score: Estimate;
}

/** Counts the tasks that a model answers with exactly the expected calls. */
export class ToolCallScore {
  readonly #score = new MeanSum();
  #exact = 0;

  /**
   * Count a task.
   *
   * @returns whether the calls are the expected ones, in their order: names, and arguments as values of JSON.
   */
  add({ expected }: Pick<ToolTask, 'expected'>, calls: readonly MadeCall[]): boolean {
    const exact = isExact(calls, expected);
    if (exact) this.#exact++;
    this.#score.add(exact ? 1 : 0);
    return exact;
  }

  /** What came of the tasks so far. */
  report(): ToolCallReport {
    return { tasks: this.#score.count, exact: this.#exact, score: this.#score.estimate() };
  }
}
