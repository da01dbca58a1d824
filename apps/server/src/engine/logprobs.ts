/** The natural log-probabilities of a row of logits (vocabulary), for some tokens of it. */
export class Logprobs {
  readonly #logits: Float32Array;
  /** The logarithm of the sum of the exponentials. */
  readonly #total: number;

  /** The row is read at once and again later: it must stay as it is. */
  constructor(logits: Float32Array) {
    this.#logits = logits;
    let largest = -Infinity;
    for (let token = 0; token < logits.length; token++) largest = Math.max(largest, logits[token] ?? 0);
    let sum = 0;
    for (let token = 0; token < logits.length; token++) sum += Math.exp((logits[token] ?? 0) - largest);
    this.#total = largest + Math.log(sum);
  }

  of(token: number): number {
    return (this.#logits[token] ?? -Infinity) - this.#total;
  }

  /** The `count` likeliest tokens, the likeliest first; of equal ones that of the lower number. */
  top(count: number): readonly number[] {
    const found: number[] = [];
    if (count === 0) return found;
    for (let token = 0; token < this.#logits.length; token++) {
      const logit = this.#logits[token] ?? -Infinity;
      const last = found.at(-1) ?? token;
      if (found.length === count && logit <= (this.#logits[last] ?? 0)) continue;
      const place = found.findIndex((other) => logit > (this.#logits[other] ?? 0));
      found.splice(place < 0 ? found.length : place, 0, token);
      found.length = Math.min(found.length, count);
    }
    return found;
  }
}
