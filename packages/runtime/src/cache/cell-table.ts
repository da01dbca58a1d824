/**
 * Which cells of a cache are in use, and by how many sequences each. The lowest free cell is given out first, so that a
 * sequence that grows alone lies in one run of cells.
 */
export class CellTable {
  readonly #users: Uint32Array;
  #free: number;
  /** No cell below is free. */
  #lowest = 0;

  constructor(readonly cells: number) {
    this.#users = new Uint32Array(cells);
    this.#free = cells;
  }

  /** Cells that nobody uses. */
  get free(): number {
    return this.#free;
  }

  /** Take a free cell, for one user. The caller has looked that there is one: not to find it is a defect. */
  take(): number {
    if (this.#free === 0) throw new Error('no cell is free');
    while (this.#users[this.#lowest] !== 0) this.#lowest++;
    const cell = this.#lowest++;
    this.#users[cell] = 1;
    this.#free--;
    return cell;
  }

  /** One more user. */
  share(cell: number): void {
    this.#users[cell] = this.users(cell) + 1;
  }

  /** One user less; without any, the cell is free. */
  release(cell: number): void {
    const users = this.users(cell) - 1;
    this.#users[cell] = users;
    if (users > 0) return;
    this.#free++;
    this.#lowest = Math.min(this.#lowest, cell);
  }

  users(cell: number): number {
    return this.#users[cell] ?? 0;
  }
}
