/** A mean and how far it may be off: the standard error, of independent samples; NaN where it is not known, for there are too few. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** An error is told of more samples than these: of fewer it says nothing. ik_llama.cpp's number. */
const MIN_SAMPLES = 10;

/** Sums of a quantity, of which its mean and error follow. */
export class MeanSum {
  count = 0;
  #sum = 0;
  #sumOfSquares = 0;

  add(value: number): void {
    this.count++;
    this.#sum += value;
    this.#sumOfSquares += value * value;
  }

  estimate(): Estimate {
    const { count } = this;
    if (count === 0) return { value: Number.NaN, error: Number.NaN };
    const value = this.#sum / count;
    const variance = this.#sumOfSquares / count - value * value;
    if (count <= MIN_SAMPLES) return { value, error: Number.NaN };
    return { value, error: variance > 0 ? Math.sqrt(variance / (count - 1)) : 0 };
  }
}

/** Sums of two quantities of the same samples, of which their covariance follows. */
export class PairSum {
  readonly first = new MeanSum();
  readonly second = new MeanSum();
  #sumOfProducts = 0;

  add(first: number, second: number): void {
    this.first.add(first);
    this.second.add(second);
    this.#sumOfProducts += first * second;
  }

  /** The covariance of the two means; NaN where it is not known. */
  covariance(): number {
    const { count } = this.first;
    if (count <= MIN_SAMPLES) return Number.NaN;
    const product = this.first.estimate().value * this.second.estimate().value;
    return (this.#sumOfProducts / count - product) / (count - 1);
  }

  /** Pearson's correlation, -1 to 1; NaN where one of the two does not vary. */
  correlation(): number {
    return this.covariance() / (this.first.estimate().error * this.second.estimate().error);
  }

  /** The mean of first minus second; what both have in common does not count in its error. */
  difference(): Estimate {
    const first = this.first.estimate();
    const second = this.second.estimate();
    const variance = first.error ** 2 + second.error ** 2 - 2 * this.covariance();
    return { value: first.value - second.value, error: Math.sqrt(Math.max(0, variance)) };
  }
}

/** The value below which a share `fraction` of `sorted` lies, between two samples by a straight line. NaN if there are none. */
export function percentile(sorted: Float32Array | Float64Array, fraction: number): number {
  const place = fraction * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[below + 1] ?? low;
  return low + (place - below) * (high - low);
}
