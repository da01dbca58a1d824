/** How tokens that came lately are made less likely; see {@link penalize}. */
export interface PenaltyOptions {
  /** Logits above 0 are divided by it, others multiplied. 1: off. */
  readonly repeatPenalty: number;
  /** Taken off for each time that the token came. 0: off. */
  readonly frequencyPenalty: number;
  /** Taken off once. 0: off. */
  readonly presencePenalty: number;
}

/** Add a bias to logits of single tokens, in a row of logits. -Infinity bans a token. */
export function addLogitBias(logits: Float32Array, bias: ReadonlyMap<number, number>): void {
  for (const [token, amount] of bias) logits[token] = (logits[token] ?? 0) + amount;
}

/**
 * Make the tokens of `recent` less likely, in a row of logits: the repetition penalty of CTRL (Keskar et al., 2019,
 * arXiv:1909.05858), with negative logits multiplied, then the penalties of the OpenAI API.
 */
export function penalize(logits: Float32Array, recent: readonly number[], options: PenaltyOptions): void {
  const { repeatPenalty, frequencyPenalty, presencePenalty } = options;
  if (repeatPenalty === 1 && frequencyPenalty === 0 && presencePenalty === 0) return;
  const counts = new Map<number, number>();
  for (const token of recent) counts.set(token, (counts.get(token) ?? 0) + 1);
  for (const [token, count] of counts) {
    const logit = logits[token] ?? 0;
    const repeated = logit <= 0 ? logit * repeatPenalty : logit / repeatPenalty;
    logits[token] = repeated - count * frequencyPenalty - presencePenalty;
  }
}
