import { ImatrixError } from './error';

/** Reads little-endian values one after another; the end of the bytes is an `ImatrixError` with code `truncated`. */
export class ByteReader {
  readonly #source: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array, source: string) {
    this.#source = source;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Byte offset of the next value. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes that are left. */
  get remaining(): number {
    return this.#bytes.byteLength - this.#offset;
  }

  /** The next four bytes as a signed integer; `what` names it in the error message. */
  int32(what: string): number {
    return this.#view.getInt32(this.#advance(4, what), true);
  }

  /** The next `length` bytes, not copied. */
  bytes(length: number, what: string): Uint8Array {
    const start = this.#advance(length, what);
    return this.#bytes.subarray(start, start + length);
  }

  /** The next `count` float32 values. */
  float32s(count: number, what: string): Float32Array {
    const start = this.#advance(4 * count, what);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = this.#view.getFloat32(start + 4 * i, true);
    return values;
  }

  #advance(length: number, what: string): number {
    const start = this.#offset;
    if (length > this.remaining) {
      throw new ImatrixError('truncated', `the file ends inside ${what}`, {
        file: this.#source,
        offset: start,
        found: `${this.remaining} more bytes`,
        allowed: `${length} bytes`,
        advice: 'Copy or make the importance matrix again.',
      });
    }
    this.#offset = start + length;
    return start;
  }
}
