import type { RandomAccessSource, SourcePart } from '../types';

/** Several sources one behind the other, as one. They are its own: closing it closes them. */
export class JoinedSource implements RandomAccessSource {
  readonly name: string;
  readonly byteLength: number;
  readonly version?: string;
  readonly parts: readonly SourcePart[];
  readonly #sources: readonly RandomAccessSource[];

  /** @param sources - one or more; the name is that of the first. */
  constructor(sources: readonly RandomAccessSource[]) {
    let start = 0;
    this.parts = sources.map(({ name, byteLength }) => {
      const part = { name, start, byteLength };
      start += byteLength;
      return part;
    });
    this.#sources = sources;
    this.name = sources[0]?.name ?? '';
    this.byteLength = start;
    const versions = sources.flatMap(({ version }) => version ?? []);
    if (versions.length === sources.length) this.version = versions.join('; ');
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    let done = 0;
    do {
      const index = this.parts.findLastIndex(({ start }) => start <= offset + done);
      const { start, byteLength } = this.parts[index] ?? { start: 0, byteLength: 0 };
      const at = offset + done - start;
      // The last one tells of bytes that are not there.
      const isLast = index === this.parts.length - 1;
      const length = Math.min(into.length - done, isLast ? Infinity : byteLength - at);
      await this.#sources[index]?.read(at, into.subarray(done, done + length));
      done += length;
    } while (done < into.length);
  }

  async checkUnchanged(): Promise<void> {
    for (const source of this.#sources) await source.checkUnchanged?.();
  }

  async close(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close()));
  }
}

/** Where the byte at `offset` of a source is: the name of the file, and the place in that. */
export function placeInFile(
  { name, parts }: RandomAccessSource,
  offset: number,
): { readonly name: string; readonly offset: number } {
  const part = parts?.findLast(({ start }) => start <= offset);
  return part === undefined ? { name, offset } : { name: part.name, offset: offset - part.start };
}
