import { NEGLIGIBLE } from '../tolerances';
import type { Tools } from './tools';

/** What came out of a device: rows of `width` numbers. */
export interface Outcome {
  readonly numbers: ArrayLike<number>;
  readonly width: number;
  /** What the error of each row is a part of, where it is not the length of the row that is expected. */
  readonly norms?: ArrayLike<number>;
}

/** Something that every device does as the reference does. */
export interface Scenario {
  readonly name: string;
  /** The largest error of a row; 0 asks for the same numbers. */
  readonly tolerance: number;
  run(tools: Tools): Promise<Outcome>;
}

/** The row that is further off than the tolerance allows, in words; or `undefined`. Numbers that are not finite must be the same. */
export function firstRowBeyond(tolerance: number, found: Outcome, expected: Outcome): string | undefined {
  const { numbers, width, norms } = expected;
  if (found.numbers.length !== numbers.length) return `${found.numbers.length} for ${numbers.length} numbers`;
  for (let row = 0; row * width < numbers.length; row++) {
    let [differences, squares] = [0, 0];
    for (let i = row * width; i < (row + 1) * width; i++) {
      const [a = NaN, b = NaN] = [found.numbers[i], numbers[i]];
      if (!Object.is(a, b) && !(Number.isFinite(a) && Number.isFinite(b))) return `at ${i}: ${a} for ${b}`;
      if (!Number.isFinite(b)) continue;
      differences += (a - b) ** 2;
      squares += b ** 2;
    }
    const allowed = tolerance * (norms?.[row] ?? Math.sqrt(squares));
    const error = Math.sqrt(differences);
    if (error > (tolerance === 0 ? 0 : allowed + NEGLIGIBLE)) {
      return `row ${row}: off by ${error}, where ${allowed} is allowed`;
    }
  }
  return undefined;
}
