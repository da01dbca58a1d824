/** What stands for the characters that a key of a JSON pointer may not have (RFC 6901, 3), in the order in which they are written. */
const ESCAPES = [
  ['~', '~0'],
  ['/', '~1'],
] as const;

/** A JSON pointer behind `#`. */
export function pointerOf(keys: readonly string[]): string {
  return ['#', ...keys.map(escaped)].join('/');
}

/** The keys of a JSON pointer in the fragment of a URI; `undefined` for a reference that is none. */
export function keysOf(reference: string): readonly string[] | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  return reference.split('/').slice(1).map(keyOf);
}

function escaped(key: string): string {
  return ESCAPES.reduce((text, [character, written]) => text.replaceAll(character, written), key);
}

function keyOf(part: string): string {
  return ESCAPES.toReversed().reduce(
    (text, [character, written]) => text.replaceAll(written, character),
    decoded(part),
  );
}

/** A part of a URI that is malformed means itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
