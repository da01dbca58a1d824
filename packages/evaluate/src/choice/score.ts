import { EvaluateError } from '../error';
import { MeanSum, type Estimate } from '../statistics';
import type { ChoiceTask } from './task';

/** How many of the tasks a model got right. */
export interface ChoiceReport {
  readonly tasks: number;
  /** Share of the tasks whose answer it found, 0 to 1. */
  readonly accuracy: Estimate;
  /** What one would have got by choosing blindly. */
  readonly chance: number;
}

/** Counts the tasks whose correct answer a model finds the most likely. */
export class ChoiceScore {
  readonly #right = new MeanSum();
  #answers = 0;

  /**
   * Count a task.
   *
   * @param scores - the score of each answer, see `meanLogProbability`.
   * @returns which of the answers the model chose: the best, the first among equals.
   * @throws {@link EvaluateError} `not-a-number` for a score that is none.
   */
  add(task: ChoiceTask, scores: readonly number[]): number {
    const chosen = scores.indexOf(Math.max(...scores));
    if (chosen < 0) {
      throw new EvaluateError('not-a-number', 'a score is no number', {
        found: scores.join(', '),
        advice: 'The model gives NaN: its weights may be damaged.',
      });
    }
    this.#right.add(task.answers[chosen]?.isCorrect === true ? 1 : 0);
    this.#answers += task.answers.length;
    return chosen;
  }

  /** What came of the tasks so far. */
  report(): ChoiceReport {
    const tasks = this.#right.count;
    return { tasks, accuracy: this.#right.estimate(), chance: tasks / this.#answers };
  }
}
