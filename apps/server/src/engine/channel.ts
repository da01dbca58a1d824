/** Events from one who makes them to one who waits for them, in order. What is not taken yet is held. */
export class Channel<Event> implements AsyncIterableIterator<Event, undefined> {
  #held: Event[] = [];
  #isEnded = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  push(event: Event): void {
    if (this.#isEnded) return;
    this.#held.push(event);
    this.#wake?.();
  }

  /** Nothing follows; with an error, the reader gets it after what is held. */
  end(error?: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#error = error;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<Event, undefined>> {
    while (true) {
      const value = this.#held.shift();
      if (value !== undefined) return { done: false, value };
      if (this.#isEnded) return this.#atEnd();
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }

  return(): Promise<IteratorResult<Event, undefined>> {
    this.end();
    this.#held = [];
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #atEnd(): IteratorResult<Event, undefined> {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error as Error;
    return { done: true, value: undefined };
  }
}
