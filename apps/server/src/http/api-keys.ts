import { createHash, timingSafeEqual } from 'node:crypto';

/** The keys that open the doors. Only their hashes are held, and comparing takes the same time for every key. */
export class ApiKeys {
  readonly #hashes: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.#hashes = keys.map(hash);
  }

  get isEmpty(): boolean {
    return this.#hashes.length === 0;
  }

  /** The client that a key stands for; `undefined` for a key that opens nothing. */
  clientOf(key: string): string | undefined {
    const given = hash(key);
    let found: string | undefined;
    for (const [place, known] of this.#hashes.entries()) {
      if (timingSafeEqual(given, known)) found = `key ${place}`;
    }
    return found;
  }
}

function hash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
