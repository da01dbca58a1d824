import { f32At } from '../numeric/bytes';
import { loadErrorWeights } from './weigh';

/**
 * How weights become -1, 0 or 1 times one scale, with the least sum of w (x - restored)^2, where w is the importance of the column, or 1.
 *
 * With the weights of a set S restored as plus or minus the scale s, and all others as zero, the error is least at the mean magnitude of S,
 * s = sum(w |x|) / sum(w), where it is sum(w x x) less (sum(w |x|))^2 / sum(w). A weight belongs to S if it is nearer to s than to zero, so
 * S is made of the largest magnitudes: trying each number of them finds the best scale there is. A row of a model that was trained with three values
 * gives these values back.
 */
export class TernarySearch {
  /** How much the square error of each weight counts. */
  errorWeights = new Float32Array(0);
  private magnitudes = new Float32Array(0);
  private order = new Uint32Array(0);

  /** The best scale of `length` weights from `start` on; zero for zeros. */
  scaleOf(row: Float32Array, importance: Float32Array | undefined, start: number, length: number): number {
    this.reserve(length);
    loadErrorWeights(this, importance, start, length);
    const { magnitudes, errorWeights } = this;
    for (let i = 0; i < length; i++) magnitudes[i] = Math.abs(f32At(row, start + i));
    let weighted = 0;
    let weight = 0;
    let best = 0;
    let bestGain = 0;
    for (const i of this.largestFirst(length)) {
      weighted += f32At(errorWeights, i) * f32At(magnitudes, i);
      weight += f32At(errorWeights, i);
      const gain = (weighted * weighted) / weight;
      if (gain <= bestGain) continue;
      bestGain = gain;
      best = weighted / weight;
    }
    return best;
  }

  /** The places of the weights, by falling magnitude; equals in their order. */
  private largestFirst(length: number): Uint32Array {
    const { magnitudes } = this;
    const order = this.order.subarray(0, length);
    for (let i = 0; i < length; i++) order[i] = i;
    return order.sort((a, b) => f32At(magnitudes, b) - f32At(magnitudes, a));
  }

  private reserve(length: number): void {
    if (length <= this.magnitudes.length) return;
    this.magnitudes = new Float32Array(length);
    this.errorWeights = new Float32Array(length);
    this.order = new Uint32Array(length);
  }
}

/** The digit of a weight, 0 to 2 for -1 to 1: the one nearest to it under a scale of zero or more. */
export function ternaryDigit(weight: number, scale: number): number {
  if (Math.abs(weight) <= scale / 2 || scale === 0) return 1;
  return weight < 0 ? 0 : 2;
}
