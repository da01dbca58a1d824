import type { EndReason } from '@halftone/runtime';
import type { GenerationEvent, GenerationTimes, GenerationUsage, WrittenToken } from '../../engine/engine';

/** The end of a text. */
export type EndEvent = Extract<GenerationEvent, { readonly kind: 'end' }>;

/** Tokens as OpenAI's API counts them. Choices of one prompt count it once. */
export function usageOf(ends: readonly EndEvent[], prompts = 1) {
  const perPrompt = Math.max(1, ends.length / prompts);
  const firsts = ends.filter((_, index) => index % perPrompt === 0);
  const sum = (of: (usage: GenerationUsage) => number, some: readonly EndEvent[]): number =>
    some.reduce((total, { usage }) => total + of(usage), 0);
  const read = sum(({ promptTokens }) => promptTokens, firsts);
  const written = sum(({ writtenTokens }) => writtenTokens, ends);
  const cached = sum(({ cachedTokens }) => cachedTokens, firsts);
  return {
    prompt_tokens: read,
    completion_tokens: written,
    total_tokens: read + written,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

/** How fast it was, by the names of llama.cpp's server. */
export function timingsOf({ usage, times }: EndEvent) {
  const read = usage.promptTokens - usage.cachedTokens;
  const perSecond = (tokens: number, milliseconds: number): number =>
    milliseconds > 0 ? (1000 * tokens) / milliseconds : 0;
  return {
    cache_n: usage.cachedTokens,
    prompt_n: read,
    prompt_ms: times.reading,
    prompt_per_second: perSecond(read, times.reading),
    predicted_n: usage.writtenTokens,
    predicted_ms: times.writing,
    predicted_per_second: perSecond(usage.writtenTokens, times.writing),
    waited_ms: times.waiting,
  } satisfies Record<string, number> & { readonly waited_ms: GenerationTimes['waiting'] };
}

/** Why a text ended, as OpenAI's API has it. */
export function finishReason(reason: EndReason, calls: number): 'stop' | 'length' | 'tool_calls' {
  if (reason === 'max-tokens' || reason === 'context') return 'length';
  return calls > 0 ? 'tool_calls' : 'stop';
}

const encoder = new TextEncoder();

/** Log-probabilities as the chat door tells them. */
export function chatLogprobs(tokens: readonly WrittenToken[]) {
  const told = ({ text, logprob }: { readonly text: string; readonly logprob: number }) => ({
    token: text,
    logprob,
    bytes: [...encoder.encode(text)],
  });
  return {
    content: tokens.map((token) => ({ ...told(token), top_logprobs: token.top.map(told) })),
    refusal: null,
  };
}
