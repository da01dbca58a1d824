import { TokenizerError } from './error';

/** Set in an entry that is the place of a replacement, and no step. */
const REPLACEMENT = 0x8000_0000;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * SentencePiece's table of what characters are replaced by (`precompiled_charsmap`): the length of a double-array trie in bytes, the
 * trie (Kanda, 2018; entries as in darts-clone's `DoubleArrayUnit`), and the replacements, each with a zero behind it.
 * Everything is little-endian.
 */
export class CharacterMap {
  readonly #trie: Uint32Array;
  readonly #replacements: Uint8Array;

  /** @throws {@link TokenizerError} `bad-character-map`. */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const byteLength = bytes.byteLength < 4 ? 0 : view.getUint32(0, true);
    if (byteLength === 0 || byteLength % 4 !== 0 || 4 + byteLength >= bytes.byteLength) {
      throw damaged(`a trie of ${byteLength} bytes in ${bytes.byteLength}`);
    }
    this.#trie = Uint32Array.from({ length: byteLength / 4 }, (_, index) =>
      view.getUint32(4 + 4 * index, true),
    );
    this.#replacements = bytes.subarray(4 + byteLength);
  }

  /** Replace what the table has, the longest first; the rest stays. @throws {@link TokenizerError} `bad-character-map`. */
  normalize(text: string): string {
    const bytes = encoder.encode(text);
    const pieces: Uint8Array[] = [];
    let length = 0;
    const add = (piece: Uint8Array): void => {
      pieces.push(piece);
      length += piece.length;
    };
    let start = 0;
    for (let at = 0; at < bytes.length;) {
      const found = this.#longest(bytes, at);
      if (found === undefined) {
        at += characterLength(bytes[at] ?? 0);
        continue;
      }
      if (at > start) add(bytes.subarray(start, at));
      add(this.#replacementAt(found.replacement));
      at = found.end;
      start = at;
    }
    if (pieces.length === 0) return text;
    add(bytes.subarray(start));
    const out = new Uint8Array(length);
    let place = 0;
    for (const piece of pieces) {
      out.set(piece, place);
      place += piece.length;
    }
    return decoder.decode(out);
  }

  /** The longest prefix of the bytes from `start` on that is replaced. */
  #longest(bytes: Uint8Array, start: number): { replacement: number; end: number } | undefined {
    let found: { replacement: number; end: number } | undefined;
    let node = offsetOf(this.#entry(0));
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === 0) break;
      node ^= byte;
      const entry = this.#entry(node);
      // The lowest byte says which byte leads here; with the highest bit set, no byte does.
      if ((entry & (REPLACEMENT | 0xff)) !== byte) break;
      node ^= offsetOf(entry);
      if ((entry & 0x100) !== 0) found = { replacement: this.#entry(node) & ~REPLACEMENT, end: at + 1 };
    }
    return found;
  }

  #entry(node: number): number {
    const entry = this.#trie[node];
    if (entry === undefined) throw damaged(`a step to entry ${node} of ${this.#trie.length}`);
    return entry;
  }

  #replacementAt(place: number): Uint8Array {
    const end = this.#replacements.indexOf(0, place);
    if (end < 0 || place >= this.#replacements.length) throw damaged(`a replacement at byte ${place}`);
    return this.#replacements.subarray(place, end);
  }
}

/** Where the children of an entry are, combined with its own place by exclusive or: bits 10 to 30, in steps of 256 if bit 9 is set. */
const offsetOf = (entry: number): number => (entry >>> 10) << ((entry & 0x200) >>> 6);

/** The bytes of a character in UTF-8, by its first. */
function characterLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

function damaged(found: string): TokenizerError {
  return new TokenizerError('bad-character-map', 'tokenizer.ggml.precompiled_charsmap is damaged', {
    found,
    advice: 'Convert the model again.',
  });
}
