import { EvaluateError } from './error';
import { largestPlace, valueOf } from './log-probabilities';
import { Perplexity } from './perplexity';
import { MeanSum, PairSum, percentile, type Estimate } from './statistics';

/**
 * ik_llama.cpp leaves out tokens that the base gives less than e^-16 (`p_log_base > -16` in perplexity.cpp); so do we, so figures
 * compare.
 */
const LEAST_LOG_PROBABILITY = -16;

/** The percentiles that are told, in percent. */
export const percentiles = [99.9, 99, 95, 90, 75, 50, 25, 10, 5, 1, 0.1] as const;

/** One of {@link percentiles}. */
export type Percentile = (typeof percentiles)[number];

/** How a quantity is distributed over tokens. */
export interface Distribution {
  readonly mean: Estimate;
  readonly maximum: number;
  /** The value of each of {@link percentiles}. */
  readonly percentiles: Readonly<Record<Percentile, number>>;
  readonly minimum: number;
}

/** How far a model is from the one that it was made of. */
export interface DivergenceReport {
  readonly tokens: number;
  readonly perplexity: Estimate;
  readonly basePerplexity: Estimate;
  /** ln of the two perplexities' ratio; what both find hard alike does not count in its error. */
  readonly logRatio: Estimate;
  readonly ratio: Estimate;
  /** Correlation of the losses of both, token by token. */
  readonly correlation: number;
  /** Kullback-Leibler divergence of the model from the base, in nats per token. */
  readonly divergence: Distribution;
  /** The change of the probability of the token that came, from -1 to 1. */
  readonly probabilityChange: Distribution;
  /** Root of the mean square of that change. */
  readonly rootMeanSquareChange: Estimate;
  /** Share of the tokens for which both hold the same token for the likeliest, 0 to 1. */
  readonly sameTop: Estimate;
}

/** Numbers that grow one by one. */
class Samples {
  #values = new Float32Array(1024);
  #length = 0;

  add(value: number): void {
    if (this.#length === this.#values.length) {
      const longer = new Float32Array(2 * this.#length);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.#length++] = value;
  }

  sorted(): Float32Array {
    return this.#values.slice(0, this.#length).sort();
  }
}

/** Compares the predictions of a model with those of a base, token by token. */
export class Divergence {
  readonly #perplexity = new Perplexity();
  readonly #basePerplexity = new Perplexity();
  readonly #losses = new PairSum();
  readonly #divergence = new MeanSum();
  readonly #change = new MeanSum();
  readonly #squareChange = new MeanSum();
  readonly #sameTop = new MeanSum();
  readonly #divergences = new Samples();
  readonly #changes = new Samples();

  /**
   * Count one token.
   *
   * @param base - natural logarithms of the base's probabilities, one per token of the vocabulary.
   * @param model - those of the model.
   * @param target - the token that came.
   * @throws {@link EvaluateError} `not-a-number` where one of them is NaN; `out-of-range` for a target that the vocabulary does not
   * have, and for two vocabularies.
   */
  add(base: Float32Array, model: Float32Array, target: number): void {
    checkVocabularies(base, model);
    const baseLog = valueOf(base, target);
    const modelLog = valueOf(model, target);
    this.#basePerplexity.add(baseLog);
    this.#perplexity.add(modelLog);
    this.#losses.add(-modelLog, -baseLog);
    const divergence = klDivergence(base, model);
    this.#divergence.add(divergence);
    this.#divergences.add(divergence);
    const change = Math.exp(modelLog) - Math.exp(baseLog);
    this.#change.add(change);
    this.#squareChange.add(change * change);
    this.#changes.add(change);
    this.#sameTop.add(largestPlace(base) === largestPlace(model) ? 1 : 0);
  }

  /** Mean divergence so far, for progress. */
  meanDivergence(): Estimate {
    return this.#divergence.estimate();
  }

  /** What came of the tokens so far. */
  report(): DivergenceReport {
    const logRatio = this.#losses.difference();
    const ratio = Math.exp(logRatio.value);
    const square = this.#squareChange.estimate();
    const root = Math.sqrt(square.value);
    return {
      tokens: this.#divergence.count,
      perplexity: this.#perplexity.estimate(),
      basePerplexity: this.#basePerplexity.estimate(),
      logRatio,
      ratio: { value: ratio, error: ratio * logRatio.error },
      correlation: this.#losses.correlation(),
      divergence: distribution(this.#divergence, this.#divergences),
      probabilityChange: distribution(this.#change, this.#changes),
      rootMeanSquareChange: { value: root, error: root > 0 ? square.error / (2 * root) : 0 },
      sameTop: this.#sameTop.estimate(),
    };
  }
}

function checkVocabularies(base: Float32Array, model: Float32Array): void {
  if (base.length === model.length) return;
  throw new EvaluateError('out-of-range', 'the model has another vocabulary than its base', {
    found: `${model.length} tokens`,
    allowed: `${base.length}`,
    advice: 'Compare a model with what it was made of.',
  });
}

/** Sum over the vocabulary of p_base * (ln p_base - ln p_model), in nats. */
export function klDivergence(base: Float32Array, model: Float32Array): number {
  let sum = 0;
  for (let token = 0; token < base.length; token++) {
    const baseLog = base[token] ?? Number.NaN;
    if (baseLog > LEAST_LOG_PROBABILITY) sum += Math.exp(baseLog) * (baseLog - (model[token] ?? Number.NaN));
  }
  return sum;
}

function distribution(mean: MeanSum, samples: Samples): Distribution {
  const sorted = samples.sorted();
  return {
    mean: mean.estimate(),
    maximum: sorted.at(-1) ?? Number.NaN,
    percentiles: Object.fromEntries(
      percentiles.map((percent) => [percent, percentile(sorted, percent / 100)]),
    ) as Record<Percentile, number>,
    minimum: sorted[0] ?? Number.NaN,
  };
}
