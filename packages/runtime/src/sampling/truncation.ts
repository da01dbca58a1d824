import { probabilities, slice, type Candidates } from './candidates';

/*
 * What cuts the tail of the candidates. Each keeps `minKeep` of them at least, and one in any case. Where a value switches the
 * sampler off, the candidates are given back as they are. Names, order and meaning are those of llama.cpp.
 */

/** Nucleus sampling (Holtzman et al., 2019, arXiv:1904.09751): the fewest likeliest whose probabilities reach `p`. 1: off. */
export function topP(candidates: Candidates, p: number, minKeep: number): Candidates {
  if (p >= 1) return candidates;
  const count = countReaching(probabilities(candidates), (sum) => sum >= p);
  return slice(candidates, 0, Math.max(count, minKeep));
}

/** Those with at least `p` times the probability of the likeliest (Nguyen et al., 2024, arXiv:2407.01082). 0: off. */
export function minP(candidates: Candidates, p: number, minKeep: number): Candidates {
  if (p <= 0) return candidates;
  const least = (candidates.logits[0] ?? 0) + Math.log(p);
  const first = candidates.logits.findIndex((logit) => logit < least);
  const count = first === -1 ? candidates.logits.length : first;
  return slice(candidates, 0, Math.max(1, count, minKeep));
}

/**
 * Locally typical sampling (Meister et al., 2022, arXiv:2202.00666): those whose surprise is nearest to the expected one, until
 * their probabilities exceed `p`. 1: off.
 */
export function typicalP(candidates: Candidates, p: number, minKeep: number): Candidates {
  if (p >= 1) return candidates;
  const shares = probabilities(candidates);
  const surprises = shares.map((share) => -Math.log(share));
  const entropy = shares.reduce(
    (sum, share, place) => sum + (share > 0 ? share * (surprises[place] ?? 0) : 0),
    0,
  );
  const distances = surprises.map((surprise) => Math.abs(surprise - entropy));
  const places = Array.from(shares.keys()).sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0));
  const count = countReaching(
    places.map((place) => shares[place] ?? 0),
    (sum) => sum > p,
  );
  const kept = new Set(places.slice(0, Math.max(count, minKeep)));
  return {
    tokens: candidates.tokens.filter((_, place) => kept.has(place)),
    logits: candidates.logits.filter((_, place) => kept.has(place)),
  };
}

/**
 * Those within `n` standard deviations of all logits from the largest (Tang et al., 2024, arXiv:2411.07641): a row of logits, in
 * which the others are banned. 0: off.
 */
export function topNSigma(logits: Float32Array, n: number): void {
  if (n <= 0) return;
  let count = 0;
  let sum = 0;
  let largest = -Infinity;
  for (const logit of logits) {
    if (logit === -Infinity) continue;
    count++;
    sum += logit;
    if (logit > largest) largest = logit;
  }
  const mean = sum / count;
  let squares = 0;
  for (const logit of logits) if (logit > -Infinity) squares += (logit - mean) ** 2;
  const least = largest - n * Math.sqrt(squares / count);
  for (let token = 0; token < logits.length; token++) {
    if ((logits[token] ?? 0) < least) logits[token] = -Infinity;
  }
}

/**
 * Exclude top choices: of the candidates with a probability of at least `threshold` only the last is left. The caller has thrown
 * the dice for it. Above 0.5 there are never two such: off. (p-e-w, text-generation-webui pull request 6335.)
 */
export function excludeTopChoices(candidates: Candidates, threshold: number, minKeep: number): Candidates {
  if (threshold > 0.5) return candidates;
  const last = probabilities(candidates).findLastIndex((share) => share >= threshold);
  const isEnough = candidates.tokens.length - last >= minKeep;
  return last > 0 && isEnough ? slice(candidates, last) : candidates;
}

/** How many of `shares`, from the first on, it takes until their sum is enough; all, when it never is. */
function countReaching(shares: ArrayLike<number>, isEnough: (sum: number) => boolean): number {
  let sum = 0;
  for (let place = 0; place < shares.length; place++) {
    sum += shares[place] ?? 0;
    if (isEnough(sum)) return place + 1;
  }
  return shares.length;
}
