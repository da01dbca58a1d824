/** A piece of a text in UTF-8, which may end within a character. */
export interface TextPiece {
  /** The characters that are whole; bytes that are none are U+FFFD. */
  readonly text: string;
  /** The bytes of a last one that has only begun. */
  readonly rest: Uint8Array;
  /** The characters that the last one may become; `undefined` where there is none. */
  readonly next: readonly [first: number, last: number] | undefined;
}

/** A piece that holds nothing. */
export const NO_PIECE: TextPiece = { text: '', rest: new Uint8Array(), next: undefined };

/** The least character that is written in so many bytes. (RFC 3629.) */
const LEAST = [0, 0, 0x80, 0x800, 0x10000];

const MAX_CODE = 0x10ffff;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Cut bytes behind the last character that is whole. */
export function textPiece(bytes: Uint8Array): TextPiece {
  for (let length = 1; length < 4 && length <= bytes.length; length++) {
    const rest = bytes.subarray(bytes.length - length);
    const next = charactersOf(rest);
    if (next === undefined) continue;
    return { text: decoder.decode(bytes.subarray(0, bytes.length - length)), rest, next };
  }
  return { text: decoder.decode(bytes), rest: new Uint8Array(), next: undefined };
}

/** Whether a text begins with a piece; a character that has only begun may become the next one of the text. */
export function startsWithPiece(whole: string, { text, next }: Omit<TextPiece, 'rest'>): boolean {
  if (!whole.startsWith(text)) return false;
  if (next === undefined) return true;
  const code = whole.codePointAt(text.length);
  return code !== undefined && code >= next[0] && code <= next[1];
}

/** The characters that begin with some bytes and need more; `undefined` where the bytes are no such beginning. */
function charactersOf([lead = 0, ...more]: Uint8Array): TextPiece['next'] {
  const length =
    lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 0;
  const missing = length - 1 - more.length;
  if (missing < 1 || more.some((byte) => byte < 0x80 || byte > 0xbf)) return undefined;
  const begun = more.reduce((code, byte) => (code << 6) | (byte & 0x3f), lead & (0x7f >> length));
  const first = Math.max(begun << (6 * missing), LEAST[length] ?? 0);
  const last = Math.min(((begun + 1) << (6 * missing)) - 1, MAX_CODE);
  return first <= last ? [first, last] : undefined;
}
