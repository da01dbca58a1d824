/** How repeating a passage is made less likely; see {@link penalizeRepetition}. */
export interface DryOptions {
  /** Size of the penalty. 0: off. */
  readonly multiplier: number;
  /** By how much it grows with each token that a passage is longer; below 1: off. */
  readonly base: number;
  /** Passages up to this length may be repeated for nothing. */
  readonly allowedLength: number;
  /**
   * Where passages end: first tokens, each with the tokens that may follow it to complete a breaker (none, where the token alone
   * does).
   */
  readonly breakers: ReadonlyMap<number, readonly (readonly number[])[]>;
}

/** Large enough to ban a token, and small enough that its logit stays finite. */
const MAX_PENALTY = 1e30;

/**
 * Don't repeat yourself: a token that would go on with a passage of n tokens, which came before and ends the text, loses
 * multiplier * base^(n - allowedLength), in a row of logits. (p-e-w, text-generation-webui pull request 5677; the search in linear
 * time is that of pi6am's in koboldcpp.)
 *
 * @param recent - the tokens that are looked at, the last one last.
 */
export function penalizeRepetition(
  logits: Float32Array,
  recent: readonly number[],
  options: DryOptions,
): void {
  const { multiplier, base, allowedLength, breakers } = options;
  if (multiplier === 0 || base < 1 || recent.length <= allowedLength) return;
  const backwards = recent.toReversed();
  const limit = lengthSinceBreaker(backwards, breakers);
  if (limit < allowedLength) return;
  for (const [token, length] of repeatedLengths(backwards)) {
    const counted = Math.min(length, limit);
    const isBreaker = breakers.get(token)?.some((tail) => tail.length === 0) === true;
    if (counted < allowedLength || isBreaker) continue;
    const penalty = Math.min(MAX_PENALTY, multiplier * base ** (counted - allowedLength));
    logits[token] = (logits[token] ?? 0) - penalty;
  }
}

/** Tokens since the last breaker; all, where there is none. */
function lengthSinceBreaker(backwards: readonly number[], breakers: DryOptions['breakers']): number {
  for (let place = 0; place < backwards.length; place++) {
    const tails = breakers.get(backwards[place] ?? -1) ?? [];
    const complete = tails
      .filter((tail) => tail.length <= place && tail.every((token, i) => token === backwards[place - 1 - i]))
      .map((tail) => tail.length);
    if (complete.length > 0) return place - Math.max(...complete);
  }
  return backwards.length;
}

/** For each token that followed a passage which ends the text: the length of the longest such passage. */
function repeatedLengths(backwards: readonly number[]): Map<number, number> {
  const longest = new Map<number, number>();
  prefixLengths(backwards).forEach((length, place) => {
    const next = backwards[place - 1];
    if (length > 0 && next !== undefined) longest.set(next, Math.max(length, longest.get(next) ?? 0));
  });
  return longest;
}

/**
 * How many tokens from each place on are the same as from the first on: the Z-algorithm (Gusfield, 1997), in linear time. The
 * place 0 is 0 here.
 */
function prefixLengths(text: readonly number[]): number[] {
  const lengths = new Array<number>(text.length).fill(0);
  // text[start..end) is the match that reaches furthest.
  let start = 0;
  let end = 0;
  for (let place = 1; place < text.length; place++) {
    let length = place < end ? Math.min(end - place, lengths[place - start] ?? 0) : 0;
    while (place + length < text.length && text[length] === text[place + length]) length++;
    lengths[place] = length;
    if (place + length > end) {
      start = place;
      end = place + length;
    }
  }
  return lengths;
}
