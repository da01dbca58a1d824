import type { ScoredCall } from './tool-tasks';

/** Whether calls are exactly the expected ones, in their order: names, and arguments as values of JSON. */
export function isExact(
  calls: readonly { readonly name: string; readonly arguments: unknown }[],
  expected: readonly ScoredCall[],
): boolean {
  return (
    calls.length === expected.length &&
    calls.every((call, place) => {
      const wanted = expected[place];
      return call.name === wanted?.name && isSame(call.arguments, wanted.arguments);
    })
  );
}

/** Whether two values of JSON are the same, whatever the order of keys. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return (
    left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && isSame(value, right.get(key)))
  );
}
