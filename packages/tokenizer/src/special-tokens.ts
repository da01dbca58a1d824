/** A piece of a text: what stands between special tokens, or the id of one. */
export type TextPiece = string | number;

/** Finds tokens that stand for themselves in a text. */
export class SpecialTokens {
  /** By the first UTF-16 unit, the longest first. */
  private readonly byFirst = new Map<number, { text: string; id: number }[]>();

  constructor(tokens: Iterable<readonly [text: string, id: number]>) {
    for (const [text, id] of tokens) {
      if (text === '') continue;
      const first = text.charCodeAt(0);
      const list = this.byFirst.get(first) ?? [];
      list.push({ text, id });
      this.byFirst.set(first, list);
    }
    for (const list of this.byFirst.values()) list.sort((a, b) => b.text.length - a.text.length);
  }

  /** Cut a text at its special tokens, the leftmost first and the longest of those that begin at one place. */
  *cut(text: string): Generator<TextPiece, void, undefined> {
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const found = this.byFirst.get(text.charCodeAt(at))?.find((token) => text.startsWith(token.text, at));
      if (found === undefined) continue;
      if (at > start) yield text.slice(start, at);
      yield found.id;
      start = at + found.text.length;
      at = start - 1;
    }
    if (start < text.length) yield text.slice(start);
  }
}
