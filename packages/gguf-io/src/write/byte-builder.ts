/** Bytes that grow at their end. */
export class ByteBuilder {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What has been built so far. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A view over the buffer; valid until the next call that appends. */
  get view(): DataView {
    return this.#view;
  }

  /** Append `byteCount` zeros and give the offset of the first. */
  grow(byteCount: number): number {
    const start = this.#length;
    this.#length += byteCount;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return start;
  }

  append(bytes: Uint8Array): void {
    const start = this.grow(bytes.length);
    this.#bytes.set(bytes, start);
  }

  uint32(value: number): void {
    const start = this.grow(4);
    this.#view.setUint32(start, value, true);
  }

  uint64(value: number): void {
    const start = this.grow(8);
    this.#view.setBigUint64(start, BigInt(value), true);
  }

  /** A length of 64 bits and the bytes of the text in UTF-8. */
  text(text: string): void {
    const encoded = utf8.encode(text);
    this.uint64(encoded.length);
    this.append(encoded);
  }
}

const utf8 = new TextEncoder();
