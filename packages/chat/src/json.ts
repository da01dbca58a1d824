import { ChatError } from './error';
import { MAX_DEPTH } from './limits';

/** A value of JSON. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Whether a value of JSON is an object, neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that a text is in JSON, `undefined` if it is none. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A value of JSON as text that is the same for the same value: keys in one order, no spaces.
 *
 * @param maxDepth - levels of objects and arrays that are looked into. Threat: the stack.
 * @returns `undefined` for a value with more levels.
 */
export function canonicalJson(value: unknown, maxDepth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (maxDepth === 0) return undefined;
  const isArray = Array.isArray(value);
  const entries = Object.entries(value);
  if (!isArray) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const parts: string[] = [];
  for (const [key, element] of entries) {
    const text = canonicalJson(element, maxDepth - 1);
    if (text === undefined) return undefined;
    parts.push(isArray ? text : `${JSON.stringify(key)}:${text}`);
  }
  return isArray ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
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
