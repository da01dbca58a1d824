import type { Tokenizer } from '@halftone/tokenizer';
import type { DryOptions } from './dry';

/** Tokens of the rest of a breaker that are looked at, at most. llama.cpp's number; breakers in use have one to five tokens. */
const MAX_TAIL = 20;

/**
 * The tokens at which a repeated passage ends: those whose text contains one of `strings`, and those at whose end one of them begins,
 * with the tokens that complete it. (`get_overlapping_token_sequences` of koboldcpp and llama.cpp.)
 */
export function dryBreakers(tokenizer: Tokenizer, strings: readonly string[]): DryOptions['breakers'] {
  const breakers = new Map<number, number[][]>();
  const used = strings.filter((string) => string !== '');
  for (let token = 0; token < tokenizer.size; token++) {
    const text = tokenizer.decode([token], { special: true });
    const tails = used.flatMap((string) => tailsAfter(text, string, tokenizer));
    if (tails.length > 0) breakers.set(token, tails);
  }
  return breakers;
}

function tailsAfter(text: string, string: string, tokenizer: Tokenizer): number[][] {
  if (text.includes(string)) return [[]];
  const tails: number[][] = [];
  for (let length = 1; length < string.length; length++) {
    if (!text.endsWith(string.slice(0, length))) continue;
    const rest = tokenizer.encode(string.slice(length), { addSpecial: false });
    tails.push([...rest.subarray(0, MAX_TAIL)]);
  }
  return tails;
}
