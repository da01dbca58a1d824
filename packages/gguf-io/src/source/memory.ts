import { GgufError } from '../error';
import type { RandomAccessSource } from '../types';

/** A file that is in memory. The bytes are not copied; leave them as they are while the source is in use. */
export class MemorySource implements RandomAccessSource {
  readonly name: string;
  readonly byteLength: number;
  readonly #bytes: Uint8Array;
  #isOpen = true;

  constructor(bytes: Uint8Array, name = 'memory') {
    this.name = name;
    this.byteLength = bytes.length;
    this.#bytes = bytes;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    if (!this.#isOpen) throw new GgufError('closed', 'the source was closed', { file: this.name });
    const end = offset + into.length;
    if (end > this.byteLength) {
      throw new GgufError('truncated', 'the file ends before the bytes that were asked for', {
        file: this.name,
        offset,
        found: `${this.byteLength} bytes`,
        allowed: `at least ${end}`,
      });
    }
    into.set(this.#bytes.subarray(offset, end));
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    return Promise.resolve();
  }
}
