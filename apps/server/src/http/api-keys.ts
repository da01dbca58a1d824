import { createHash, timingSafeEqual } from 'node:crypto';
import type { SlotOwner } from '../engine/engine';

/** What is known of a key. */
interface KnownKey {
  readonly hash: Buffer;
  readonly owner: SlotOwner;
}

/** The keys that open the doors. Only their hashes are held, and comparing takes the same time for every key. */
export class ApiKeys {
  readonly #known: readonly KnownKey[];

  constructor(keys: readonly string[]) {
    this.#known = keys.map((key, place) => ({
      hash: hash(key),
      owner: { client: `key ${place}`, folder: folderOf(key) },
    }));
  }

  get isEmpty(): boolean {
    return this.#known.length === 0;
  }

  /** The client that a key stands for, whose folder is the same in every run; `undefined` for a key that opens nothing. */
  ownerOf(key: string): SlotOwner | undefined {
    const given = hash(key);
    let found: SlotOwner | undefined;
    for (const known of this.#known) {
      if (timingSafeEqual(given, known.hash)) found = known.owner;
    }
    return found;
  }
}

function hash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** No name of a saved conversation begins like this one. */
function folderOf(key: string): string {
  const digest = createHash('sha256').update(`conversations of ${key}`).digest('hex');
  return `@${digest.slice(0, 32)}`;
}
