import { CellList } from '../cache/cell-list';
import type { CellTable } from '../cache/cell-table';
import { RuntimeError } from '../error';

/** Moves keys of a cache that are in use to other positions, or to other cells. */
export interface CellMover {
  /** Copy the keys and values of some cells to other cells. */
  copyCells(from: readonly number[], to: readonly number[]): Promise<void>;
  /** Turn the keys of some cells by `offset` positions more. */
  rotateCells(cells: Int32Array, offset: number): Promise<void>;
  /** The keys and values of some cells, as `Session.restore` takes them. */
  readCells(cells: Int32Array): Promise<Uint8Array>;
}

/** A sequence outside of its session: to be kept in a file. */
export interface SavedSequence {
  /** (tokens) */
  readonly positions: Int32Array;
  /** Keys and values of the tokens, layer by layer, in the format of the session's cache. */
  readonly bytes: Uint8Array;
}

/**
 * One conversation in a session: its tokens in their order, each with a position and a cell of the cache.
 *
 * A copy shares the cells of what it has in common with its original; what is added to either goes into cells of its own.
 */
export class Sequence {
  readonly #table: CellTable;
  readonly #mover: CellMover;
  readonly #list: CellList;
  #isOpen = true;
  #isBusy = false;

  /** @internal Made by `Session.createSequence` and `copy`. */
  constructor(table: CellTable, mover: CellMover, list = new CellList()) {
    this.#table = table;
    this.#mover = mover;
    this.#list = list;
  }

  /** Tokens that it holds. */
  get length(): number {
    return this.#list.length;
  }

  /** The position that the next token gets: the length, unless tokens were taken out. */
  get nextPosition(): number {
    return this.#list.nextPosition;
  }

  /** @internal For the session: positions of the tokens in their order, a view. */
  get positions(): Int32Array {
    return this.#list.positions;
  }

  /** @internal For the session: cells of the tokens in their order, a view. */
  get cells(): Int32Array {
    return this.#list.cells;
  }

  /** A second sequence with the same tokens, which takes no room until one of them goes on. */
  copy(): Sequence {
    this.checkFree();
    const list = new CellList();
    const { positions, cells } = this.#list;
    cells.forEach((cell, index) => {
      this.#table.share(cell);
      list.push(positions[index] ?? 0, cell);
    });
    return new Sequence(this.#table, this.#mover, list);
  }

  /** Keep the first `length` tokens and forget the rest. @throws RuntimeError `bad-option`, `busy`, `closed`. */
  rewind(length: number): void {
    this.remove(length, this.length);
  }

  /**
   * Forget the tokens from `start` up to and without `end`. Those behind keep their positions, so a gap is left until `shift`.
   *
   * @throws RuntimeError `bad-option`, `busy`, `closed`.
   */
  remove(start: number, end: number): void {
    this.checkFree();
    checkRange(start, end, this.length);
    this.forget(start, end);
  }

  /**
   * Move the positions of the tokens from `start` on by `offset`, which may be negative. Cells that a copy uses too are copied first.
   *
   * @throws RuntimeError `bad-option` where positions would no longer grow, `context-full` where there are no cells to copy
   * to, `busy`, `closed`.
   */
  async shift(start: number, offset: number): Promise<void> {
    this.checkFree();
    checkRange(start, this.length, this.length);
    const { positions } = this.#list;
    const least = start === 0 ? 0 : (positions[start - 1] ?? 0) + 1;
    const first = (positions[start] ?? least) + offset;
    if (!Number.isInteger(offset) || first < least) {
      throw new RuntimeError('bad-option', 'positions of a sequence must grow', {
        found: `position ${first} for token ${start}`,
        allowed: `${least} or more`,
      });
    }
    if (start === this.length || offset === 0) return;
    this.#isBusy = true;
    try {
      await this.#ownCells(start);
      await this.#mover.rotateCells(this.#list.cells.slice(start), offset);
      this.#list.shift(start, offset);
    } finally {
      this.#isBusy = false;
    }
  }

  /** What it holds, for `Session.restore` of the same model. @throws RuntimeError `busy`, `closed`. */
  async save(): Promise<SavedSequence> {
    this.checkFree();
    this.#isBusy = true;
    try {
      const bytes = await this.#mover.readCells(this.cells.slice());
      return { positions: this.positions.slice(), bytes };
    } finally {
      this.#isBusy = false;
    }
  }

  /** Forget everything, and give the cells back. It cannot be used any more. Does nothing a second time. */
  close(): void {
    if (!this.#isOpen) return;
    this.rewind(0);
    this.#isOpen = false;
  }

  /** @internal For the session: take the room for `count` more tokens. The session has looked that it is there. */
  grow(count: number): void {
    for (let index = 0; index < count; index++) this.#list.push(this.#list.nextPosition, this.#table.take());
  }

  /** @internal For the session: take the room for tokens at positions that grow. The session has looked that it is there. */
  growAt(positions: Int32Array): void {
    for (const position of positions) this.#list.push(position, this.#table.take());
  }

  /** @internal For the session: forget tokens while a step works on the sequence. */
  forget(start: number, end: number): void {
    for (const cell of this.#list.remove(start, end)) this.#table.release(cell);
  }

  /** @internal For the session: mark that a step works on the sequence, or no longer does. */
  setBusy(isBusy: boolean): void {
    this.#isBusy = isBusy;
  }

  /** @internal For the session. @throws RuntimeError `busy` while a step works on it, `closed` after `close`. */
  checkFree(): void {
    if (!this.#isOpen) throw new RuntimeError('closed', 'the sequence was closed before');
    if (this.#isBusy) {
      throw new RuntimeError('busy', 'the sequence is being worked on', {
        advice: 'Wait for the step or shift that was begun before.',
      });
    }
  }

  /** @internal For the session. @throws RuntimeError `bad-option` for a sequence whose cells are of another session. */
  checkCellsOf(table: CellTable): void {
    if (table !== this.#table) throw new RuntimeError('bad-option', 'the sequence is one of another session');
  }

  /** Copy those of the cells from `start` on that another sequence uses too. */
  async #ownCells(start: number): Promise<void> {
    const { cells } = this.#list;
    const shared: number[] = [];
    for (let index = start; index < cells.length; index++) {
      if (this.#table.users(cells[index] ?? 0) > 1) shared.push(index);
    }
    if (shared.length > this.#table.free) {
      throw new RuntimeError('context-full', 'there is no room to copy what sequences share', {
        found: `${shared.length} shared cells`,
        allowed: `${this.#table.free} free cells`,
        advice: 'Close the copies first, or open the session with a larger context.',
      });
    }
    const from = shared.map((index) => cells[index] ?? 0);
    const to = from.map(() => this.#table.take());
    await this.#mover.copyCells(from, to);
    shared.forEach((index, place) => {
      this.#list.replaceCell(index, to[place] ?? 0);
      this.#table.release(from[place] ?? 0);
    });
  }
}

function checkRange(start: number, end: number, length: number): void {
  if (Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= length) return;
  throw new RuntimeError('bad-option', 'there are no such tokens in the sequence', {
    found: `${start} to ${end}`,
    allowed: `0 to ${length}`,
  });
}
