import { expect } from 'vitest';
import { JsonMatcher, type CompiledSchema, type JsonSchema } from '../src';

/** What a model may try to write: all that ASCII prints, and letters that take several units. */
const LETTERS = [
  ...Array.from({ length: 95 }, (_, place) => String.fromCharCode(32 + place)),
  '\n',
  'é',
  '😀',
];

/** Random numbers that are the same each time. (mulberry32) */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/**
 * A text of JSON that a schema allows: letters that may come, as the dice fall, up to the end or to so many of them, then what closes it.
 * Every beginning of it that is complete is told as well.
 */
export function walk(schema: JsonSchema | CompiledSchema, seed: number, most = 120): readonly string[] {
  const matcher = new JsonMatcher(schema);
  const random = randomOf(seed);
  const found: string[] = [];
  let text = '';
  for (let step = 0; step < most; step++) {
    if (matcher.isComplete) found.push(text);
    const letter = nextLetter(matcher, random);
    if (letter === undefined) {
      expect(matcher.isComplete, `${JSON.stringify(schema)} is stuck at ${text}`).toBe(true);
      return found;
    }
    expect(matcher.accept(letter)).toBe(true);
    text += letter;
  }
  const closing = matcher.closing();
  expect(closing, `${JSON.stringify(schema)} is not closed at ${text}`).toBeDefined();
  expect(matcher.accept(closing ?? ''), `${text} is not closed by ${closing ?? ''}`).toBe(true);
  expect(matcher.isComplete).toBe(true);
  return [...found, text + (closing ?? '')];
}

/** Now and then what closes the text soonest: else few walks would come to their ends. */
function nextLetter(matcher: JsonMatcher, random: (below: number) => number): string | undefined {
  const [closing] = random(4) === 0 ? (matcher.closing() ?? '') : '';
  if (closing !== undefined) return closing;
  const start = random(LETTERS.length);
  for (let place = 0; place < LETTERS.length; place++) {
    const letter = LETTERS[(start + place) % LETTERS.length] ?? '';
    if (matcher.allows(letter)) return letter;
  }
  return undefined;
}
