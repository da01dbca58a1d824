/** Characters of the first part, for each token that is wanted: tokens of most texts have three to five. */
const CHARACTERS_PER_TOKEN = 8;

/** At most so many tokens are put behind a text: the end and the separator. */
const MAX_ENDS = 2;

/**
 * The end of a line after a letter, before which every way of cutting text into words has cut. Of four letters no escape can hold the
 * last: the longest is `\xHH`.
 */
const LINE_END = /(?<=\p{L}{4})\r?\n/gu;

/**
 * The tokens at the start of a text, at least `count` of them where it has as many, without encoding all of a long text: as much as is
 * needed is encoded, up to the end of a line after a letter, so that the first `count` are those of the whole text. A text without
 * such lines is encoded whole.
 */
export function firstTokens(text: string, count: number, encode: (part: string) => Int32Array): Int32Array {
  for (let length = CHARACTERS_PER_TOKEN * count; length < text.length; length *= 2) {
    LINE_END.lastIndex = length;
    const place = LINE_END.exec(text)?.index;
    if (place === undefined) break;
    const tokens = encode(text.slice(0, place));
    if (tokens.length >= count + MAX_ENDS) return tokens;
  }
  return encode(text);
}
