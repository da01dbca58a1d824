import { ChatError } from './error';
import { MAX_DEPTH } from './limits';

/** A value of JSON. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Whether a value is an object, neither null nor an array. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that a text is in JSON, `undefined` if it is none. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A copy of a value in which every string, names of keys included, went through `change`.
 *
 * @throws {@link ChatError} `too-deep`.
 */
export function mapStrings(value: unknown, change: (text: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) {
    throw new ChatError('too-deep', 'a message or a tool definition is nested too deep', {
      allowed: `at most ${MAX_DEPTH} levels`,
    });
  }
  if (Array.isArray(value)) return value.map((element) => mapStrings(element, change, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, element]) => [change(key), mapStrings(element, change, depth + 1)]),
  );
}
