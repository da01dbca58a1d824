/** The tokens of a sequence in their order: the position of each, and the cell that holds it. Positions grow. */
export class CellList {
  #positions = new Int32Array(64);
  #cells = new Int32Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The position that a token at the end would get. */
  get nextPosition(): number {
    return this.#length === 0 ? 0 : (this.#positions[this.#length - 1] ?? 0) + 1;
  }

  /** (length): a view, valid until the list changes. */
  get positions(): Int32Array {
    return this.#positions.subarray(0, this.#length);
  }

  /** (length): likewise. */
  get cells(): Int32Array {
    return this.#cells.subarray(0, this.#length);
  }

  push(position: number, cell: number): void {
    if (this.#length === this.#cells.length) {
      this.#positions = doubled(this.#positions);
      this.#cells = doubled(this.#cells);
    }
    this.#positions[this.#length] = position;
    this.#cells[this.#length++] = cell;
  }

  /** Take the entries from `start` up to and without `end` out; gives their cells. */
  remove(start: number, end: number): Int32Array {
    const removed = this.#cells.slice(start, end);
    this.#positions.copyWithin(start, end, this.#length);
    this.#cells.copyWithin(start, end, this.#length);
    this.#length -= removed.length;
    return removed;
  }

  /** Move the positions of the entries from `start` on by `offset`. */
  shift(start: number, offset: number): void {
    const { positions } = this;
    for (let index = start; index < positions.length; index++)
      positions[index] = (positions[index] ?? 0) + offset;
  }

  replaceCell(index: number, cell: number): void {
    this.#cells[index] = cell;
  }
}

function doubled(values: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * values.length);
  longer.set(values);
  return longer;
}
