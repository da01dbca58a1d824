import { MAX_TOKENS } from '@halftone/tokenizer';

/**
 * Tokens that may come next, the likeliest first; of equal ones that of the lower number. What cuts candidates gives new ones and
 * leaves the old as they are.
 */
export interface Candidates {
  readonly tokens: Int32Array;
  readonly logits: Float32Array;
}

/** Up to this many are picked out one by one; more are sorted. */
const MAX_PICKED = 256;

/** The `limit` likeliest tokens of a row of logits (vocabulary); all when it is left out. A logit of -Infinity bans its token. */
export function candidatesOf(logits: Float32Array, limit = Infinity): Candidates {
  const keys = limit <= MAX_PICKED ? largestKeys(logits, limit) : allKeys(logits).subarray(0, limit);
  const tokens = new Int32Array(keys.length);
  const kept = new Float32Array(keys.length);
  for (let place = 0; place < keys.length; place++) {
    const token = tokenOfKey(keys[place] ?? 0);
    tokens[place] = token;
    kept[place] = logits[token] ?? -Infinity;
  }
  return { tokens, logits: kept };
}

const floatWord = new Float32Array(1);
const integerWord = new Int32Array(floatWord.buffer);

/**
 * A number that grows as candidates get less likely, so that native sorting of plain numbers does the work: 32 bits in the order of
 * the logit, then the token, below {@link MAX_TOKENS}; 53 bits together, which a number holds.
 */
function keyOf(logit: number, token: number): number {
  // The bits of a float, read as an integer, keep the order of positive floats and turn that of negative ones round.
  floatWord[0] = logit + 0;
  const bits = integerWord[0] ?? 0;
  const ordered = bits >= 0 ? -bits : bits + 2 ** 31;
  return ordered * MAX_TOKENS + token;
}

function tokenOfKey(key: number): number {
  return key - Math.floor(key / MAX_TOKENS) * MAX_TOKENS;
}

function allKeys(logits: Float32Array): Float64Array {
  const keys = new Float64Array(logits.length);
  let count = 0;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] ?? -Infinity;
    if (logit > -Infinity) keys[count++] = keyOf(logit, token);
  }
  return keys.subarray(0, count).sort();
}

/** The keys of the `limit` largest logits: each is put into its place among those found before. */
function largestKeys(logits: Float32Array, limit: number): Float64Array {
  const keys = new Float64Array(Math.min(limit, logits.length));
  let count = 0;
  let least = -Infinity;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] ?? -Infinity;
    // Among equals the lower token was here first.
    if (logit === -Infinity || (count === keys.length && logit <= least)) continue;
    const key = keyOf(logit, token);
    let place = count === keys.length ? count - 1 : count++;
    for (; place > 0 && (keys[place - 1] ?? 0) > key; place--) keys[place] = keys[place - 1] ?? 0;
    keys[place] = key;
    if (count === keys.length) least = logits[tokenOfKey(keys[count - 1] ?? 0)] ?? -Infinity;
  }
  return keys.subarray(0, count);
}

/** The probabilities of candidates among themselves: softmax of their logits, in double precision. */
export function probabilities({ logits }: Candidates): Float64Array {
  const largest = logits[0] ?? 0;
  const shares = new Float64Array(logits.length);
  let sum = 0;
  for (let place = 0; place < shares.length; place++) {
    const share = Math.exp((logits[place] ?? -Infinity) - largest);
    shares[place] = share;
    sum += share;
  }
  for (let place = 0; place < shares.length; place++) shares[place] = (shares[place] ?? 0) / sum;
  return shares;
}

/** Candidates from `start` up to and without `end`. */
export function slice({ tokens, logits }: Candidates, start: number, end?: number): Candidates {
  return { tokens: tokens.subarray(start, end), logits: logits.subarray(start, end) };
}
