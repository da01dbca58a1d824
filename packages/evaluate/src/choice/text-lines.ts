/** The lines of a text, of Unix or Windows; the end of the last line starts no other. */
export function textLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
