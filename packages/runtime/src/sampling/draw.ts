import { probabilities, slice, type Candidates } from './candidates';
import type { Random } from './random';

/** Throw the dice: the place of a candidate, each as often as its probability says. */
export function draw(candidates: Candidates, random: Random): number {
  const shares = probabilities(candidates);
  let rest = random.fraction();
  for (let place = 0; place < shares.length - 1; place++) {
    rest -= shares[place] ?? 0;
    if (rest < 0) return place;
  }
  return shares.length - 1;
}

/** What mirostat aims at, and how it has adapted. */
export interface MirostatState {
  /** The surprise that is aimed at, in bits. */
  readonly tau: number;
  /** How fast it adapts. */
  readonly eta: number;
  /** The largest surprise that is let through now; twice tau at first. */
  readonly mu: number;
}

/** A candidate that mirostat drew, and how it adapted. */
export interface MirostatDraw {
  readonly token: number;
  readonly mu: number;
}

/** Candidates whose slope is looked at. */
const SLOPE_CANDIDATES = 100;

/**
 * Mirostat (Basu et al., 2020, arXiv:2007.14966, algorithm 1): cut to the k candidates that would give the surprise aimed at if
 * probabilities fell by Zipf's law with the exponent that the likeliest show.
 */
export function mirostat(
  candidates: Candidates,
  state: MirostatState,
  vocabulary: number,
  random: Random,
): MirostatDraw {
  const shares = probabilities(candidates);
  let products = 0;
  let squares = 0;
  for (let place = 0; place < Math.min(SLOPE_CANDIDATES, shares.length) - 1; place++) {
    const step = Math.log((place + 2) / (place + 1));
    products += step * Math.log((shares[place] ?? 0) / (shares[place + 1] ?? 0));
    squares += step * step;
  }
  const exponent = products / squares;
  const above = exponent - 1;
  const count = ((above * 2 ** state.mu) / (1 - vocabulary ** -above)) ** (1 / exponent);
  const kept = slice(candidates, 0, Math.max(1, Math.floor(Number.isNaN(count) ? 1 : count)));
  const place = draw(kept, random);
  return adapted(kept, place, shares, state);
}

/** Mirostat 2.0 (the same paper, algorithm 2): cut what surprises more than is let through now. */
export function mirostat2(candidates: Candidates, state: MirostatState, random: Random): MirostatDraw {
  const surprising = probabilities(candidates).findIndex((share) => -Math.log2(share) > state.mu);
  const kept = surprising === -1 ? candidates : slice(candidates, 0, Math.max(1, surprising));
  return adapted(kept, draw(kept, random), probabilities(kept), state);
}

function adapted(
  kept: Candidates,
  place: number,
  shares: Float64Array,
  { tau, eta, mu }: MirostatState,
): MirostatDraw {
  const surprise = -Math.log2(shares[place] ?? 1);
  return { token: kept.tokens[place] ?? 0, mu: mu - eta * (surprise - tau) };
}
