/** What each escape stands for, but for `\\xHH`. */
const CHARACTERS: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  "'": "'",
  '"': '"',
  '\\': '\\',
};

/** Neighbouring bytes together, since several may stand for one character. */
const ESCAPES = /\\([nrt'"\\])|(?:\\x[0-9a-fA-F]{2})+/g;

/**
 * Turn the escapes of a text into what they stand for: `\n`, `\r`, `\t`, `\'`, `\"`, `\\`, and `\xHH`, which is a byte of UTF-8.
 * Any other backslash stays.
 *
 * llama.cpp and ik_llama.cpp do so with every text that they measure or learn on (`string_process_escapes` in common/common.cpp
 * of ik_llama.cpp), so figures compare only where it is done too. It changes texts that hold code.
 */
export function processEscapes(text: string): string {
  return text.replace(ESCAPES, (escapes, letter: string | undefined) =>
    letter === undefined ? bytesOf(escapes) : (CHARACTERS[letter] ?? escapes),
  );
}

/** The text of `\xHH\xHH`. */
function bytesOf(escapes: string): string {
  const bytes = escapes.split('\\x').slice(1);
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
}
