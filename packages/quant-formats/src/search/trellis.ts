import { f32At, valueAt } from '../numeric/bytes';
import { restoreTrellis } from '../packing/trellis';
import type { TrellisDescription } from './description';
import { normalizer } from './weigh';
import type { Workspace } from './workspace';

const { fround } = Math;

/** Targets beyond are as good as this one: no number of the generator is larger than 126. It also keeps sums within 32 bits. */
const LARGEST_TARGET = 160;
/** Error weights of a group become whole numbers up to twice this. */
const WEIGHT_UNIT = 2048;
/** `2 * weight * target` is kept in 16 bits, as this many units. */
const PRODUCT_UNIT = 64;

/** Numbers of a point stand in eights; where there are but four, zeros follow. */
const MOST_DIMENSIONS = 8;

const NO_BORDERS = new Float32Array(0);

/** The choice of the two nearest borders. */
const BOTH_NEAREST = 3;

/** How many borders are not above a number. */
function placeOf(borders: Float32Array, number: number): number {
  let place = 0;
  for (const border of borders) if (number >= border) place++;
  return place;
}

/** What a number of a point adds to the error: `b v v - 64 a v`, with `product` for `64 a`. */
function termOf(numbers: Int8Array, place: number, weight: number, product: number): number {
  const number = numbers[place] ?? 0;
  return Math.imul(number, Math.imul(weight, number) - product);
}

/** The numbers that follow the states from one on, sorted by cell. */
interface Points {
  /** Of each cell its first point, and after the last cell the number of points. */
  readonly firsts: Uint32Array;
  readonly indices: Uint16Array;
  /** The numbers of one point after those of the other. */
  readonly numbers: Int8Array;
}

/**
 * Codes for a format in which some weights together follow from a state of a generator: the state of which the numbers come nearest.
 *
 * The states are sorted into cells once: by the borders between which each of their numbers lies. A group is looked up in its own cell
 * and in those beyond each of the nearest borders. A point of another cell has an error of at least what it takes to reach that cell, so
 * of the cells beyond two and more of these borders only those are looked at that can hold something better than what was found.
 *
 * Errors are whole numbers, so that they may be summed in any order: with error weights b of up to 12 bits, a target t and a point v,
 * `sum b v v - 64 a v`, where a is `b t / 32`. It lacks `sum b t t`, which all points have in common.
 */
export class TrellisCoder {
  private readonly trellis: TrellisDescription;
  /** For each number of a point. */
  private readonly borders: readonly Float32Array[];
  /** For each shift of states. */
  private readonly points: Map<number, Points>;
  private readonly isNear: boolean;
  /** Of the group at hand, per weight: 64 a and b, what reaching the cell beyond the nearest border costs, and how far away it is. */
  private readonly products = new Int32Array(8);
  private readonly weights = new Int32Array(8);
  private readonly costs = new Float32Array(8);
  private readonly steps = new Int32Array(8);
  /** The nearest borders: how much is added to the cell to cross each, and what that costs. */
  private readonly nearestSteps: Int32Array;
  private readonly nearestCosts: Float32Array;
  /** For each choice of these, a bit for each border: the cell beyond them, and what reaching it costs. */
  private readonly cells: Int32Array;
  private readonly cellCosts: Float32Array;
  /** `sum b t t` of the group. */
  private common = 0;
  /** The least error so far, without that, and the place of the point that has it. */
  private leastError = 0;
  private best = 0;

  /** @param trialsOf - the coder whose codes are only tried by this one */
  constructor(trellis: TrellisDescription, trialsOf?: TrellisCoder) {
    const { borders, dimensions, reach, hasNearTrials } = trellis;
    this.trellis = trellis;
    this.points = trialsOf?.points ?? new Map<number, Points>();
    this.isNear = trialsOf !== undefined && hasNearTrials;
    this.borders = Array.from({ length: dimensions }, (_, j) => borders[j % borders.length] ?? NO_BORDERS);
    this.nearestSteps = new Int32Array(reach);
    this.nearestCosts = new Float32Array(reach);
    this.cells = new Int32Array(1 << reach);
    this.cellCosts = new Float32Array(1 << reach);
  }

  /** Choose states for the weights from `start` to `end`; the numbers that follow are left too, and signs where numbers have none. */
  code(work: Workspace, start: number, end: number, inverseScale: number, shift: number): void {
    const { dimensions, magnitudes } = this.trellis;
    const points = this.pointsOf(shift);
    for (let place = start; place < end; place += dimensions) {
      const cell = this.loadGroup(work, place, inverseScale);
      this.listCells(cell);
      this.search(points);
      const index = points.indices[this.best] ?? 0;
      work.points[place] = index;
      let minus = 0;
      for (let j = 0; j < dimensions; j++) {
        const number = valueAt(points.numbers, this.best * MOST_DIMENSIONS + j);
        const isNegative = magnitudes && f32At(work.values, place + j) < 0;
        if (isNegative) minus |= 1 << j;
        work.chosen[place + j] = isNegative ? -number : number;
      }
      if (magnitudes) work.signs[place >> 3] = minus;
    }
  }

  /** Bring a group into whole numbers, and list its nearest borders; returns its cell. */
  private loadGroup(work: Workspace, place: number, inverseScale: number): number {
    const { dimensions, magnitudes } = this.trellis;
    let heaviest = 0;
    for (let j = 0; j < dimensions; j++) heaviest = Math.max(heaviest, f32At(work.errorWeights, place + j));
    const factor = normalizer(heaviest) * WEIGHT_UNIT;
    let cell = 0;
    let stride = 1;
    this.common = 0;
    for (let j = 0; j < dimensions; j++) {
      const scaled = fround(f32At(work.values, place + j) * inverseScale);
      const wanted = magnitudes ? Math.abs(scaled) : scaled;
      const target = Math.max(-LARGEST_TARGET, Math.min(LARGEST_TARGET, wanted));
      const weight = Math.trunc(f32At(work.errorWeights, place + j) * factor) + 1;
      const weighted = fround(weight * target);
      this.weights[j] = weight;
      this.products[j] = PRODUCT_UNIT * Math.trunc((2 * weighted) / PRODUCT_UNIT);
      this.common = fround(this.common + fround(weighted * target));
      const borders = this.borders[j] ?? NO_BORDERS;
      cell += stride * placeOf(borders, target);
      this.weighBorder(j, borders, target, stride);
      stride *= borders.length + 1;
    }
    this.listNearest(dimensions);
    return cell;
  }

  /** The border that is nearest to the target of weight `j`, and what it takes to cross it. */
  private weighBorder(j: number, borders: Float32Array, target: number, stride: number): void {
    const place = placeOf(borders, target);
    const below = place > 0 ? fround(target - f32At(borders, place - 1)) : Infinity;
    const above = place < borders.length ? fround(f32At(borders, place) - target) : Infinity;
    const distance = Math.min(below, above);
    this.steps[j] = above < below ? stride : -stride;
    this.costs[j] = fround(fround((this.weights[j] ?? 0) * distance) * distance);
  }

  /** The cheapest borders, the first of equals first. */
  private listNearest(dimensions: number): void {
    const { reach } = this.trellis;
    this.nearestCosts.fill(Infinity);
    for (let j = 0; j < dimensions; j++) {
      const cost = f32At(this.costs, j);
      if (cost >= f32At(this.nearestCosts, reach - 1)) continue;
      let place = reach - 1;
      for (; place > 0 && cost < f32At(this.nearestCosts, place - 1); place--) {
        this.nearestCosts[place] = f32At(this.nearestCosts, place - 1);
        this.nearestSteps[place] = this.nearestSteps[place - 1] ?? 0;
      }
      this.nearestCosts[place] = cost;
      this.nearestSteps[place] = this.steps[j] ?? 0;
    }
  }

  /** List the cells beyond all choices of the nearest borders, and what reaching them costs. */
  private listCells(cell: number): void {
    const { cells, cellCosts, nearestCosts, nearestSteps } = this;
    cells[0] = cell;
    cellCosts[0] = 0;
    for (let k = 0; k < nearestCosts.length; k++) {
      for (let choice = 0; choice < 1 << k; choice++) {
        cells[choice + (1 << k)] = (cells[choice] ?? 0) + (nearestSteps[k] ?? 0);
        cellCosts[choice + (1 << k)] = f32At(cellCosts, choice) + f32At(nearestCosts, k);
      }
    }
  }

  /**
   * Find the best point: in the cell and in those beyond one border, then in those beyond more that can hold a better one. In near trials
   * only in that beyond the two nearest, whatever it may hold.
   */
  private search(points: Points): void {
    const { cells, cellCosts } = this;
    this.leastError = 2 ** 31 - 1;
    this.best = 0;
    this.scan(points, cells[0] ?? 0);
    for (let single = 1; single < cells.length; single *= 2) this.scan(points, cells[single] ?? 0);
    if (this.isNear) {
      this.scan(points, cells[BOTH_NEAREST] ?? 0);
      return;
    }
    const bound = fround(fround(this.leastError) + this.common);
    for (let choice = 0; choice < cells.length; choice++) {
      const isMultiple = (choice & (choice - 1)) !== 0;
      if (isMultiple && f32At(cellCosts, choice) < bound) this.scan(points, cells[choice] ?? 0);
    }
  }

  /** Look at the points of a cell; the first of equals wins. */
  private scan({ firsts, numbers }: Points, cell: number): void {
    const [w0 = 0, w1 = 0, w2 = 0, w3 = 0, w4 = 0, w5 = 0, w6 = 0, w7 = 0] = this.weights;
    const [p0 = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = this.products;
    let { leastError, best } = this;
    const end = firsts[cell + 1] ?? 0;
    for (let point = firsts[cell] ?? 0; point < end; point++) {
      const first = point * MOST_DIMENSIONS;
      // Written out, which makes it three times as fast.
      const error =
        termOf(numbers, first, w0, p0) +
        termOf(numbers, first + 1, w1, p1) +
        termOf(numbers, first + 2, w2, p2) +
        termOf(numbers, first + 3, w3, p3) +
        termOf(numbers, first + 4, w4, p4) +
        termOf(numbers, first + 5, w5, p5) +
        termOf(numbers, first + 6, w6, p6) +
        termOf(numbers, first + 7, w7, p7);
      if (error >= leastError) continue;
      leastError = error;
      best = point;
    }
    this.leastError = leastError;
    this.best = best;
  }

  private pointsOf(shift: number): Points {
    const known = this.points.get(shift);
    if (known !== undefined) return known;
    const made = this.sortStates(shift);
    this.points.set(shift, made);
    return made;
  }

  /** All states and their numbers, by cells; within a cell the lowest state first. */
  private sortStates(shift: number): Points {
    const { dimensions, states, firstState, magnitudes } = this.trellis;
    const cells = this.borders.reduce((product, { length }) => product * (length + 1), 1);
    const numbers = new Float32Array(states * dimensions);
    const cellOf = new Uint16Array(states);
    const firsts = new Uint32Array(cells + 1);
    for (let state = 0; state < states; state++) {
      restoreTrellis(firstState + shift + state, 1, numbers, state * dimensions, dimensions);
      let cell = 0;
      for (let j = dimensions - 1; j >= 0; j--) {
        const number = f32At(numbers, state * dimensions + j);
        const borders = this.borders[j] ?? NO_BORDERS;
        cell = cell * (borders.length + 1) + placeOf(borders, magnitudes ? Math.abs(number) : number);
      }
      cellOf[state] = cell;
      firsts[cell + 1] = (firsts[cell + 1] ?? 0) + 1;
    }
    for (let cell = 0; cell < cells; cell++) firsts[cell + 1] = (firsts[cell + 1] ?? 0) + (firsts[cell] ?? 0);
    const next = firsts.slice();
    const points = {
      firsts,
      indices: new Uint16Array(states),
      numbers: new Int8Array(states * MOST_DIMENSIONS),
    };
    for (let state = 0; state < states; state++) {
      const cell = cellOf[state] ?? 0;
      const place = next[cell] ?? 0;
      next[cell] = place + 1;
      points.indices[place] = state;
      for (let j = 0; j < dimensions; j++) {
        const number = f32At(numbers, state * dimensions + j);
        points.numbers[place * MOST_DIMENSIONS + j] = magnitudes ? Math.abs(number) : number;
      }
    }
    return points;
  }
}
