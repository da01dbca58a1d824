/** Ids, appended one by one. */
export class IdList {
  #ids = new Int32Array(256);
  #length = 0;

  push(id: number): void {
    if (this.#length === this.#ids.length) {
      const longer = new Int32Array(2 * this.#length);
      longer.set(this.#ids);
      this.#ids = longer;
    }
    this.#ids[this.#length++] = id;
  }

  /** The last id, if there is one. */
  get last(): number | undefined {
    return this.#length === 0 ? undefined : this.#ids[this.#length - 1];
  }

  toArray(): Int32Array {
    return this.#ids.slice(0, this.#length);
  }
}
