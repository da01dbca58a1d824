import type { RandomAccessSource } from '../types';

/** Several sources one behind the other, as one. They are its own: closing it closes them. */
export class JoinedSource implements RandomAccessSource {
  readonly name: string;
  readonly byteLength: number;
  readonly version?: string;
  readonly #parts: readonly { readonly source: RandomAccessSource; readonly start: number }[];

  /** @param sources - one or more; the name is that of the first. */
  constructor(sources: readonly RandomAccessSource[]) {
    let start = 0;
    this.#parts = sources.map((source) => {
      const part = { source, start };
      start += source.byteLength;
      return part;
    });
    this.name = sources[0]?.name ?? '';
    this.byteLength = start;
    const versions = sources.flatMap(({ version }) => version ?? []);
    if (versions.length === sources.length) this.version = versions.join('; ');
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    let done = 0;
    do {
      const { source, start } = this.#partAt(offset + done);
      const at = offset + done - start;
      // The last one tells of bytes that are not there.
      const isLast = source === this.#parts.at(-1)?.source;
      const length = Math.min(into.length - done, isLast ? Infinity : source.byteLength - at);
      await source.read(at, into.subarray(done, done + length));
      done += length;
    } while (done < into.length);
  }

  async checkUnchanged(): Promise<void> {
    for (const { source } of this.#parts) await source.checkUnchanged?.();
  }

  placeOf(offset: number): { name: string; offset: number } {
    const { source, start } = this.#partAt(offset);
    return { name: source.name, offset: offset - start };
  }

  async close(): Promise<void> {
    await Promise.all(this.#parts.map(({ source }) => source.close()));
  }

  #partAt(offset: number): { readonly source: RandomAccessSource; readonly start: number } {
    const part = this.#parts.findLast(({ start }) => start <= offset);
    if (part === undefined) throw new RangeError(`No source holds the byte ${offset}`);
    return part;
  }
}
