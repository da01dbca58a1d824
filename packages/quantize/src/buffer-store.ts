/**
 * Buffers that are used again and again. A buffer for each window would make the garbage collectors of all threads run for a
 * quarter of the whole time: they count what buffers hold.
 */
export class BufferStore {
  readonly #free: ArrayBuffer[] = [];

  /** Room for so many bytes, with anything in it. It may be the start of a larger buffer. */
  take(byteLength: number): Uint8Array<ArrayBuffer> {
    const place = this.#free.findIndex((buffer) => buffer.byteLength >= byteLength);
    const [buffer = new ArrayBuffer(byteLength)] = place < 0 ? [] : this.#free.splice(place, 1);
    // One too small makes room for the larger, so that the store never holds more buffers than are in use at a time.
    if (place < 0) this.#free.pop();
    return new Uint8Array(buffer, 0, byteLength);
  }

  /** Take a buffer back, whole. Nobody may use it any more. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    this.#free.push(buffer);
  }
}
