import { createHash } from 'node:crypto';
import type { PartialSink } from '@halftone/gguf-io';

/** Hands bytes on to a sink, and hashes them on the way. */
export class HashingSink implements PartialSink {
  readonly name: string;
  readonly #sink: PartialSink;
  #hash = createHash('sha256');

  constructor(sink: PartialSink) {
    this.name = sink.name;
    this.#sink = sink;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    await this.#sink.write(bytes);
  }

  /** The SHA-256 of what was written since the last call, in hexadecimal. */
  takeDigest(): string {
    const digest = this.#hash.digest('hex');
    this.#hash = createHash('sha256');
    return digest;
  }

  flush(): Promise<void> {
    return this.#sink.flush();
  }

  finish(): Promise<void> {
    return this.#sink.finish();
  }

  abort(): Promise<void> {
    return this.#sink.abort();
  }
}
