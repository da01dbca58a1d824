import { NONE, PairTable } from './pair-table';

/** Finds the tokens that a text begins with, in UTF-16 units: a trie whose edges are in one table. */
export class TokenTrie {
  /** The node behind a node and a unit. */
  readonly #children = new PairTable(1024);
  /** By node: the token that ends there. Node 0 is the root. */
  readonly #ids: number[] = [NONE];

  constructor(tokens: Iterable<readonly [text: string, id: number]>) {
    for (const [text, id] of tokens) this.#insert(text, id);
  }

  /** The node behind `unit`, or `NONE`; the root is 0. */
  child(node: number, unit: number): number {
    return this.#children.get(node, unit);
  }

  /** The token that ends at a node, or `NONE`. */
  idAt(node: number): number {
    return this.#ids[node] ?? NONE;
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

  #insert(text: string, id: number): void {
    let node = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      this.#children.add(node, unit, this.#ids.length);
      node = this.child(node, unit);
      if (node === this.#ids.length) this.#ids.push(NONE);
    }
    this.#ids[node] = id;
  }
}
