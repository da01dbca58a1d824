import { GgufError } from '../error';
import type { ByteSink } from '../types';

/** Writes a file to memory. */
export class MemorySink implements ByteSink {
  readonly name: string;
  #chunks: Uint8Array[] = [];
  #bytes: Uint8Array | undefined;
  #isOpen = true;

  constructor(name = 'memory') {
    this.name = name;
  }

  /** The whole file; `undefined` until it is finished. */
  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#checkOpen();
    this.#chunks.push(bytes.slice());
    return Promise.resolve();
  }

  async finish(): Promise<void> {
    this.#checkOpen();
    this.#bytes = concatenate(this.#chunks);
    return this.abort();
  }

  async abort(): Promise<void> {
    this.#isOpen = false;
    this.#chunks = [];
    return Promise.resolve();
  }

  #checkOpen(): void {
    if (!this.#isOpen)
      throw new GgufError('closed', 'the file was finished or given up before', { file: this.name });
  }
}

function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
