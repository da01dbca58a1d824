/**
 * Text that a terminal shows as it stands: control characters, with which the name of a tensor in a hostile file could
 * move the cursor or rewrite what was said, become `\x1b` and the like. Line feeds stay.
 */
export function printable(text: string): string {
  return escapeCharacters(text, /[\0-\t\v-\u001f\u007f-\u009f]/g);
}

/** Like {@link printable}, for text that must stay on its line: line feeds are escaped, too. */
export function printableOnOneLine(text: string): string {
  return escapeCharacters(text, /[\0-\u001f\u007f-\u009f]/g);
}

function escapeCharacters(text: string, characters: RegExp): string {
  return text.replace(
    characters,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
