import { EvaluateError } from './error';

/**
 * What a row over the vocabulary holds for a token.
 *
 * @throws {@link EvaluateError} `out-of-range` for a token that the row does not have.
 */
export function valueOf(row: Float32Array, token: number): number {
  const value = row[token];
  if (value !== undefined) return value;
  throw new EvaluateError('out-of-range', 'the vocabulary does not have this token', {
    found: token,
    allowed: `0 to ${row.length - 1}`,
    advice: 'Read text and predictions with the tokens of one vocabulary.',
  });
}

/** ln of the sum of e^logit, in double precision, the largest taken out first. */
export function logSumExp(logits: Float32Array): number {
  let largest = -Infinity;
  for (const logit of logits) if (logit > largest) largest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return largest + Math.log(sum);
}

/** Turn a row of logits into natural logarithms of probabilities, in place. */
export function toLogProbabilities(logits: Float32Array): void {
  const sum = logSumExp(logits);
  for (let i = 0; i < logits.length; i++) logits[i] = (logits[i] ?? 0) - sum;
}

/** The place of the largest value; the first among equals. */
export function largestPlace(values: Float32Array): number {
  let place = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[place] ?? 0)) place = i;
  return place;
}
