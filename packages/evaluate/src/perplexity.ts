import { EvaluateError } from './error';
import { logSumExp, valueOf } from './log-probabilities';
import { MeanSum, type Estimate } from './statistics';

/**
 * Perplexity: e to the mean of the negative logarithms of the probabilities that a model gave to the tokens that came.
 *
 * The error is that of the mean, times the perplexity. It takes tokens for independent, which they are not, so it is too small.
 */
export class Perplexity {
  readonly #losses = new MeanSum();

  /**
   * Count a token by the natural logarithm of the probability that it had.
   *
   * @throws {@link EvaluateError} `not-a-number` for NaN, which a mean would carry on without a word.
   */
  add(logProbability: number): void {
    if (Number.isNaN(logProbability)) {
      throw new EvaluateError('not-a-number', 'the model predicts NaN', {
        advice:
          'Its weights are damaged: copy or make the file again. `--check-tensors` tells which tensor holds what is no number.',
      });
    }
    this.#losses.add(-logProbability);
  }

  /**
   * Count a token by the logits before it.
   *
   * @param logits - over the vocabulary.
   * @param target - the token that came.
   * @throws {@link EvaluateError} `not-a-number`; `out-of-range` for a target that the vocabulary does not have.
   */
  addLogits(logits: Float32Array, target: number): void {
    this.add(valueOf(logits, target) - logSumExp(logits));
  }

  /** Tokens counted. */
  get count(): number {
    return this.#losses.count;
  }

  /** The mean negative logarithm, in nats per token. */
  loss(): Estimate {
    return this.#losses.estimate();
  }

  /** The perplexity so far. */
  estimate(): Estimate {
    const { value, error } = this.loss();
    const perplexity = Math.exp(value);
    return { value: perplexity, error: perplexity * error };
  }
}
