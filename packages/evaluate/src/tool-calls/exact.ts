import { canonicalJson } from '@halftone/chat';
import type { ScoredCall } from './tool-tasks';

/** Levels of objects and arrays in arguments. Threat: the stack. Largest: a handful. Deeper ones are never the expected ones. */
const MAX_DEPTH = 100;

/** A call that a model made. */
export interface MadeCall {
  readonly name: string;
  /** A value of JSON, or what stands in the place of one. */
  readonly arguments: unknown;
}

/** Whether calls are exactly the expected ones, in their order: names, and arguments as values of JSON. */
export function isExact(calls: readonly MadeCall[], expected: readonly ScoredCall[]): boolean {
  return (
    calls.length === expected.length &&
    calls.every((call, place) => {
      const wanted = expected[place];
      return call.name === wanted?.name && isSame(call.arguments, wanted.arguments);
    })
  );
}

/** Whether two values of JSON are the same, whatever the order of keys. */
function isSame(one: unknown, other: unknown): boolean {
  const text = canonicalJson(one, MAX_DEPTH);
  return text !== undefined && text === canonicalJson(other, MAX_DEPTH);
}
