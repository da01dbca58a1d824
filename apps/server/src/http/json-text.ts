/** Of what size a JSON text is, told without reading it as JSON. */
export interface JsonSize {
  /** How deep brackets outside of quotes are nested, at most. */
  readonly depth: number;
  /** Values in it, at most. */
  readonly values: number;
}

/** Look at every bracket and comma once; what stands in quotes is passed over. */
export function jsonSize(text: string): JsonSize {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = closingQuote(text, at + 1);
        break;
      case '{':
      case '[':
        deepest = Math.max(deepest, ++depth);
        values++;
        break;
      case '}':
      case ']':
        depth--;
        break;
      case ',':
        values++;
        break;
    }
  }
  return { depth: deepest, values };
}

/** The place of the quote that ends a string, or the length of the text where there is none. */
function closingQuote(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (at - slashes > start && text[at - slashes - 1] === '\\') slashes++;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

/**
 * Where a text stops being JSON: the place of the first character that cannot stand there, or the length of a text that ends too early.
 * What stands there is not told: it goes into logs. (JavaScript's own errors quote it.)
 */
export function jsonFaultAt(text: string): number {
  const reader = new JsonReader(text);
  if (reader.value()) reader.skipSpace();
  return reader.at;
}

const WORDS = ['true', 'false', 'null'] as const;
const ESCAPES = '"\\/bfnrt';

/** Reads JSON without keeping anything; each part tells whether it was right, and stays where it was not. */
class JsonReader {
  at = 0;

  constructor(readonly text: string) {}

  value(): boolean {
    this.skipSpace();
    switch (this.text[this.at]) {
      case '{':
        return this.#list('}', () => this.#member());
      case '[':
        return this.#list(']', () => this.value());
      case '"':
        return this.#string();
      default:
        return this.#word() || this.#number();
    }
  }

  skipSpace(): void {
    while (/[ \t\n\r]/.test(this.text[this.at] ?? '')) this.at++;
  }

  /** What stands between brackets, with commas between its parts. */
  #list(end: string, part: () => boolean): boolean {
    this.at++;
    this.skipSpace();
    if (this.#take(end)) return true;
    while (part()) {
      this.skipSpace();
      if (this.#take(end)) return true;
      if (!this.#take(',')) return false;
    }
    return false;
  }

  #member(): boolean {
    this.skipSpace();
    if (this.text[this.at] !== '"' || !this.#string()) return false;
    this.skipSpace();
    return this.#take(':') && this.value();
  }

  #string(): boolean {
    this.at++;
    for (; this.at < this.text.length; this.at++) {
      const letter = this.text[this.at] ?? '';
      if (letter < ' ') return false;
      if (letter === '"') return this.#take('"');
      if (letter !== '\\') continue;
      this.at++;
      if (this.text[this.at] === 'u') {
        if (!/^[0-9a-f]{4}$/i.test(this.text.slice(this.at + 1, this.at + 5))) return false;
      } else if (!ESCAPES.includes(this.text[this.at] ?? ' ')) return false;
    }
    return false;
  }

  #word(): boolean {
    const word = WORDS.find((one) => this.text.startsWith(one, this.at));
    this.at += word?.length ?? 0;
    return word !== undefined;
  }

  #number(): boolean {
    let end = this.at;
    while (/[-+.\deE]/.test(this.text[end] ?? '')) end++;
    if (!isNumber(this.text.slice(this.at, end))) return false;
    this.at = end;
    return true;
  }

  #take(letter: string): boolean {
    if (this.text[this.at] !== letter) return false;
    this.at++;
    return true;
  }
}

function isNumber(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'number';
  } catch {
    return false;
  }
}
