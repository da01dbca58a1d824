import type { AnswerCost } from './conversation';

const whole = new Intl.NumberFormat('en');

/** A count with its noun. */
export function counted(count: number, noun: string): string {
  return `${whole.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Tokens in a second, short. */
export function rate(perSecond: number): string {
  return `${perSecond >= 100 ? whole.format(Math.round(perSecond)) : perSecond.toFixed(1)} tokens/s`;
}

/** Milliseconds in seconds, short. */
function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 0)} s`;
}

/** What an answer cost, in a few words each. */
export function costParts({ usage, timings }: AnswerCost): readonly string[] {
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return [
    counted(usage.completion_tokens, 'token'),
    ...(timings === undefined || usage.completion_tokens < 2 ? [] : [rate(timings.predicted_per_second)]),
    `prompt ${whole.format(usage.prompt_tokens)}${cached === 0 ? '' : ` (${whole.format(cached)} cached)`}`,
    ...(timings === undefined ? [] : [`first token after ${seconds(timings.prompt_ms)}`]),
  ];
}

/** Tokens that a conversation takes in the model's context after an answer. */
export function contextTokens({ usage }: AnswerCost): number {
  return usage.prompt_tokens + usage.completion_tokens;
}
