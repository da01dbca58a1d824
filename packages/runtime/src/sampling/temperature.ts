import { probabilities, type Candidates } from './candidates';

/** Divide logits by the temperature: above 1 makes candidates more alike, below 1 less. */
export function applyTemperature({ tokens, logits }: Candidates, temperature: number): Candidates {
  return { tokens, logits: logits.map((logit) => logit / temperature) };
}

/**
 * A temperature from `temperature - range` (not below 0) to `temperature + range`, the higher the less sure the model is: the
 * entropy as a share of the largest possible, to the power of `exponent`. (kalomaze's dynamic temperature, as in llama.cpp.)
 */
export function dynamicTemperature(
  candidates: Candidates,
  options: { readonly temperature: number; readonly range: number; readonly exponent: number },
): number {
  const { temperature, range, exponent } = options;
  const count = candidates.tokens.length;
  if (count < 2) return temperature;
  const entropy = probabilities(candidates).reduce(
    (sum, share) => sum - (share > 0 ? share * Math.log(share) : 0),
    0,
  );
  const least = Math.max(0, temperature - range);
  const most = temperature + range;
  return least + (most - least) * (entropy / Math.log(count)) ** exponent;
}
