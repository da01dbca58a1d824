import { f32At, u8At } from '../numeric/bytes';

const { fround } = Math;

/**
 * Finds the code whose value lies nearest: the number of thresholds (midpoints between neighbouring values, in f32) that are
 * not above the number asked for. A tie therefore goes to the upper code. However it is counted, the answer is the same;
 * here a coarse grid, of which each cell holds one threshold at most, gives a first guess, and one comparison corrects it.
 */
export class Nearest {
  readonly values: Float32Array;
  /** `thresholds[code]` lies between `code` and `code + 1`; the last one is never reached. */
  private readonly thresholds: Float32Array;
  /** For each cell, the number of thresholds at or below its lower end. */
  private readonly guesses: Uint8Array;
  /** A power of two, so that no rounding can move a number into another cell. */
  private readonly cellsPerUnit: number;
  private readonly firstCell: number;
  private readonly lastCell: number;

  constructor(values: Float32Array) {
    this.values = values;
    this.thresholds = midpoints(values);
    this.cellsPerUnit = cellsPerUnit(this.thresholds);
    this.firstCell = Math.floor(f32At(this.thresholds, 0) * this.cellsPerUnit);
    this.lastCell =
      Math.floor(f32At(this.thresholds, values.length - 2) * this.cellsPerUnit) - this.firstCell;
    this.guesses = Uint8Array.from({ length: this.lastCell + 1 }, (_, cell) =>
      cell === 0 ? 0 : this.count((cell + this.firstCell) / this.cellsPerUnit),
    );
  }

  /** The code whose value is nearest to `target`. */
  code(target: number): number {
    const cell = target * this.cellsPerUnit - this.firstCell;
    const guess = u8At(this.guesses, cell <= 0 ? 0 : cell >= this.lastCell ? this.lastCell : cell | 0);
    return guess + (target >= f32At(this.thresholds, guess) ? 1 : 0);
  }

  private count(target: number): number {
    return this.thresholds.filter((threshold) => threshold <= target).length;
  }
}

function midpoints(values: Float32Array): Float32Array {
  return values.map((value, code) =>
    code + 1 < values.length ? fround(fround(value + f32At(values, code + 1)) / 2) : Infinity,
  );
}

/** The smallest power of two at which no cell is wider than the smallest gap between thresholds. */
function cellsPerUnit(thresholds: Float32Array): number {
  let smallestGap = Infinity;
  for (let i = 1; i < thresholds.length; i++) {
    smallestGap = Math.min(smallestGap, f32At(thresholds, i) - f32At(thresholds, i - 1));
  }
  let cells = 2 ** -10;
  while (cells * smallestGap < 1) cells *= 2;
  return cells;
}
