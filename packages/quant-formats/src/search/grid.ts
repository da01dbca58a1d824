import { f32At, u8At, valueAt } from '../numeric/bytes';
import type { GridDescription } from './description';
import type { Thresholds } from './thresholds';
import type { Workspace } from './workspace';

const { fround } = Math;

/** How many of the nearest points are weighed against each other. More than these lower the error by less than 0.1 %. */
const CANDIDATES = 12;

const ONE_MOVE = [0];

/** A point, and the weighted square error with it, in units of the scale. */
interface Found {
  point: number;
  error: number;
}

/**
 * Codes for a format in which some weights have one code together, a point of a grid.
 *
 * Each weight alone goes to the nearest value that a coordinate may have. If these values together are a point of the grid, there is no
 * better one. If not, the points that are nearest to them are tried, and the one with the least weighted square error is taken. Which
 * those are is found once for each combination of values, when it first occurs.
 *
 * Signs are those of the weights. Where only an even number of minus signs can be stored for eight weights, and theirs is odd, the weight
 * that the least is lost by takes the wrong sign: the one with the least `w x x`. The point then has to make it small.
 */
export class GridCoder {
  private readonly grid: GridDescription;
  private readonly levels: Float32Array;
  private readonly thresholds: Thresholds;
  /** For each combination of levels: how many candidates, and from `CANDIDATES * combination` on, which. */
  private readonly counts: Uint8Array;
  private readonly candidates: Uint16Array;
  /** Of the eight weights at hand: what their points should come near. */
  private readonly targets = new Float32Array(8);

  constructor(grid: GridDescription, levels: Float32Array, thresholds: Thresholds) {
    const combinations = levels.length ** grid.dimensions;
    this.grid = grid;
    this.levels = levels;
    this.thresholds = thresholds;
    this.counts = new Uint8Array(combinations);
    this.candidates = new Uint16Array(combinations * CANDIDATES);
  }

  /** Choose points and signs for the weights from `start` to `end`, a multiple of eight; the values that they stand for are left too. */
  code(work: Workspace, start: number, end: number, inverseScale: number, shift: number): void {
    const { dimensions, signs } = this.grid;
    for (let eight = start; eight < end; eight += 8) {
      const minus = signs === 'none' ? 0 : this.chooseSigns(work, eight);
      work.signs[eight >> 3] = minus;
      for (let j = 0; j < 8; j++) {
        const x = f32At(work.values, eight + j);
        this.targets[j] = fround(fround((minus >> j) & 1 ? -x : x) * inverseScale) - shift;
      }
      for (let first = 0; first < 8; first += dimensions) {
        this.codeGroup(work, eight + first, first, minus >> first, shift);
      }
    }
  }

  /** The best move and point for the group from `place` on, whose targets begin at `first`; the first of equals. */
  private codeGroup(work: Workspace, place: number, first: number, minus: number, shift: number): void {
    const { dimensions, points, moves = ONE_MOVE } = this.grid;
    let best: Found = { point: 0, error: Infinity };
    let bestMove = 0;
    for (let move = 0; move < moves.length; move++) {
      const found = this.bestPoint(work, place, first, moves[move] ?? 0);
      if (found.error >= best.error) continue;
      best = found;
      bestMove = move;
    }
    work.points[place] = best.point;
    work.moves[place] = bestMove;
    const added = fround(shift + (moves[bestMove] ?? 0));
    for (let j = 0; j < dimensions; j++) {
      const value = fround(valueAt(points, best.point * dimensions + j) + added);
      work.chosen[place + j] = (minus >> j) & 1 ? -value : value;
    }
  }

  /** A bit for each minus of the eight weights from `eight` on. */
  private chooseSigns({ values, weightedValues }: Workspace, eight: number): number {
    let minus = 0;
    let isOdd = false;
    let cheapest = 0;
    let leastEnergy = Infinity;
    for (let j = 0; j < 8; j++) {
      const x = f32At(values, eight + j);
      const energy = fround(f32At(weightedValues, eight + j) * x);
      if (x < 0) {
        minus |= 1 << j;
        isOdd = !isOdd;
      }
      if (energy < leastEnergy) {
        leastEnergy = energy;
        cheapest = j;
      }
    }
    return isOdd && this.grid.signs === 'even' ? minus ^ (1 << cheapest) : minus;
  }

  /** The point for the weights from `place` on, when `move` is added to its coordinates; the first of equals. */
  private bestPoint({ errorWeights }: Workspace, place: number, first: number, move: number): Found {
    const { dimensions, points } = this.grid;
    const { targets, levels, thresholds } = this;
    let combination = 0;
    for (let j = dimensions - 1; j >= 0; j--) {
      combination = combination * levels.length + thresholds.count(fround(f32At(targets, first + j) - move));
    }
    if (u8At(this.counts, combination) === 0) this.findCandidates(combination);
    const offset = combination * CANDIDATES;
    const best: Found = { point: 0, error: Infinity };
    for (let k = 0; k < u8At(this.counts, combination); k++) {
      const point = this.candidates[offset + k] ?? 0;
      let error = 0;
      for (let j = 0; j < dimensions; j++) {
        const value = valueAt(points, point * dimensions + j) + move;
        const off = fround(f32At(targets, first + j) - value);
        error = fround(error + fround(fround(f32At(errorWeights, place + j) * off) * off));
      }
      if (error < best.error) {
        best.error = error;
        best.point = point;
      }
    }
    return best;
  }

  /** List the points nearest to a combination of levels, the first of equals first; one alone if the combination is a point itself. */
  private findCandidates(combination: number): void {
    const { dimensions, points } = this.grid;
    const { levels } = this;
    const wanted = Float32Array.from({ length: dimensions }, (_, j) =>
      f32At(levels, Math.floor(combination / levels.length ** j) % levels.length),
    );
    const nearest = new Float64Array(CANDIDATES).fill(Infinity);
    const offset = combination * CANDIDATES;
    let count = 0;
    for (let point = 0; point * dimensions < points.length; point++) {
      let distance = 0;
      for (let j = 0; j < dimensions; j++) {
        distance += (valueAt(points, point * dimensions + j) - f32At(wanted, j)) ** 2;
      }
      if (distance >= (nearest[CANDIDATES - 1] ?? 0)) continue;
      count = Math.min(count + 1, CANDIDATES);
      let place = count - 1;
      for (; place > 0 && distance < (nearest[place - 1] ?? 0); place--) {
        nearest[place] = nearest[place - 1] ?? 0;
        this.candidates[offset + place] = this.candidates[offset + place - 1] ?? 0;
      }
      nearest[place] = distance;
      this.candidates[offset + place] = point;
    }
    this.counts[combination] = nearest[0] === 0 ? 1 : count;
  }
}
