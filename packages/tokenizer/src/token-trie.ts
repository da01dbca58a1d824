/** In the place of a node or of an id: none. */
export const NONE = -1;

/**
 * Finds the tokens that a text begins with, in UTF-16 units: a trie whose edges are in one hash table with open addressing, so that a
 * step costs some nanoseconds and a node some bytes.
 */
export class TokenTrie {
  /** Edges: `node * 65536 + unit`, and where it leads to. At most half of the places are taken. */
  private keys = new Float64Array(1024).fill(NONE);
  private children = new Int32Array(1024);
  /** By node: the token that ends there. Node 0 is the root. */
  private readonly ids: number[] = [NONE];

  constructor(tokens: Iterable<readonly [text: string, id: number]>) {
    for (const [text, id] of tokens) this.insert(text, id);
  }

  /** The node behind `unit`, or `NONE`; the root is 0. */
  child(node: number, unit: number): number {
    const place = this.placeOf(node * 65536 + unit);
    return this.keys[place] === NONE ? NONE : (this.children[place] ?? NONE);
  }

  /** The token that ends at a node, or `NONE`. */
  idAt(node: number): number {
    return this.ids[node] ?? NONE;
  }

  /** The longest token that `text` has at `start`: its id, or `NONE`; and where it ends. */
  longest(text: string, start: number): { id: number; end: number } {
    const found = { id: NONE, end: start };
    let node = 0;
    for (let at = start; at < text.length; at++) {
      node = this.child(node, text.charCodeAt(at));
      if (node === NONE) break;
      if (this.idAt(node) === NONE) continue;
      found.id = this.idAt(node);
      found.end = at + 1;
    }
    return found;
  }

  private insert(text: string, id: number): void {
    let node = 0;
    for (let at = 0; at < text.length; at++) node = this.childMade(node, text.charCodeAt(at));
    this.ids[node] = id;
  }

  private childMade(node: number, unit: number): number {
    const key = node * 65536 + unit;
    const place = this.placeOf(key);
    if (this.keys[place] !== NONE) return this.children[place] ?? NONE;
    const child = this.ids.length;
    this.ids.push(NONE);
    this.keys[place] = key;
    this.children[place] = child;
    if (2 * this.ids.length > this.keys.length) this.grow();
    return child;
  }

  /** Where a key is, or would be. */
  private placeOf(key: number): number {
    const mask = this.keys.length - 1;
    const node = Math.floor(key / 65536);
    let place = (Math.imul(node, 0x9e3779b1) ^ Math.imul(key & 0xffff, 0x85ebca6b)) >>> 0;
    place = (place ^ (place >>> 15)) & mask;
    while (this.keys[place] !== NONE && this.keys[place] !== key) place = (place + 1) & mask;
    return place;
  }

  private grow(): void {
    const { keys, children } = this;
    this.keys = new Float64Array(2 * keys.length).fill(NONE);
    this.children = new Int32Array(2 * keys.length);
    keys.forEach((key, old) => {
      if (key === NONE) return;
      const place = this.placeOf(key);
      this.keys[place] = key;
      this.children[place] = children[old] ?? NONE;
    });
  }
}
