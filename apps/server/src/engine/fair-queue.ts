/** How many items a queue may have. */
export interface QueueRoom {
  readonly limit: number;
  /** Places beyond the limit, for clients of whom few wait. */
  readonly spare: number;
}

/** A queue in which clients take turns, however much one of them sends; each client's own items keep their order. */
export class FairQueue<Item> {
  /** A map keeps the order in which keys were added: the client whose turn it is stands first. */
  readonly #byClient = new Map<string, Item[]>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Items of one client. */
  countOf(client: string): number {
    return this.#byClient.get(client)?.length ?? 0;
  }

  /**
   * How many items a client may add to a queue that is meant for `limit` of them.
   *
   * Beyond the limit there are `spare` places, of which a client has no more than half of those that are left: who has filled the queue
   * gets none of them, and whoever comes next always gets some.
   */
  placesFor(client: string, { limit, spare }: QueueRoom): number {
    const left = limit + spare - this.#length;
    return Math.max(0, limit - this.#length, Math.ceil(left / 2) - this.countOf(client));
  }

  add(client: string, item: Item): void {
    const items = this.#byClient.get(client);
    if (items === undefined) this.#byClient.set(client, [item]);
    else items.push(item);
    this.#length++;
  }

  /** Take the next item, of the client whose turn it is. */
  take(): Item | undefined {
    for (const [client, items] of this.#byClient) {
      const item = items.shift();
      this.#byClient.delete(client);
      if (items.length > 0) this.#byClient.set(client, items);
      if (item === undefined) continue;
      this.#length--;
      return item;
    }
    return undefined;
  }

  /** Take an item out before its turn. Whether it was there. */
  remove(client: string, item: Item): boolean {
    const items = this.#byClient.get(client) ?? [];
    const place = items.indexOf(item);
    if (place < 0) return false;
    items.splice(place, 1);
    if (items.length === 0) this.#byClient.delete(client);
    this.#length--;
    return true;
  }
}
