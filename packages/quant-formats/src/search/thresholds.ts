import { f32At, u8At } from '../numeric/bytes';

const { fround } = Math;

/**
 * Counts how many of a fixed, ascending list of numbers are not above a given one. The thresholds between the values of a
 * codebook turn it into "which value is nearest"; a number on a threshold counts as above it.
 *
 * However it is counted, the answer is the same. Here a coarse grid, of which each cell holds one threshold at most, gives a
 * first count, and one comparison corrects it.
 */
export class Thresholds {
  /** The thresholds, and after them infinity, which nothing reaches. */
  private readonly thresholds: Float32Array;
  /** For each cell, the number of thresholds at or below its lower end; the first cell reaches down without end. */
  private readonly counts: Uint8Array;
  /** A power of two, so that no rounding can move a number into another cell. */
  private readonly cellsPerUnit: number;
  private readonly firstCell: number;
  private readonly lastCell: number;

  constructor(ascending: Float32Array) {
    const last = ascending.length - 1;
    this.thresholds = Float32Array.of(...ascending, Infinity);
    this.cellsPerUnit = cellsPerUnit(ascending);
    this.firstCell = Math.floor(f32At(ascending, 0) * this.cellsPerUnit);
    this.lastCell = Math.floor(f32At(ascending, last) * this.cellsPerUnit) - this.firstCell;
    this.counts = Uint8Array.from({ length: this.lastCell + 1 }, (_, cell) => {
      const lowerEnd = (cell + this.firstCell) / this.cellsPerUnit;
      return cell === 0 ? 0 : ascending.filter((threshold) => threshold <= lowerEnd).length;
    });
  }

  /** How many thresholds are not above `target`. */
  count(target: number): number {
    const cell = target * this.cellsPerUnit - this.firstCell;
    const first = u8At(this.counts, cell <= 0 ? 0 : cell >= this.lastCell ? this.lastCell : cell | 0);
    return first + (target >= f32At(this.thresholds, first) ? 1 : 0);
  }
}

/** The smallest power of two, from 2^-10 on, at which no cell is wider than the smallest gap between two thresholds. */
function cellsPerUnit(ascending: Float32Array): number {
  let smallestGap = Infinity;
  for (let i = 1; i < ascending.length; i++) {
    smallestGap = Math.min(smallestGap, f32At(ascending, i) - f32At(ascending, i - 1));
  }
  let cells = 2 ** -10;
  while (cells * smallestGap < 1) cells *= 2;
  return cells;
}

/** The midpoints between neighbours of an ascending list, rounded to f32: one fewer than there are values. */
export function midpoints(ascending: Float32Array): Float32Array {
  return ascending.subarray(1).map((upper, i) => fround(fround(f32At(ascending, i) + upper) / 2));
}
