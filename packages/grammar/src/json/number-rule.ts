import { GrammarError } from '../error';
import { ceiled, decimalOf, floored, greatestDivisor, leastMultiple, nextAbove, nextBelow } from './decimal';

/** Digits of a number, each part. Threat: a model that writes digits for ever. Largest: 17 tell every double apart. */
export const MAX_DIGITS = 32;

/** Digits that a bound or a step may need: doubles have no more. */
const MAX_PLACES = 400;

/** Digits of a multiple: those of a double stay as they are. A longer one is read as a neighbour that may be no multiple. */
const EXACT_DIGITS = 15;

/** What a schema says of numbers. */
export interface NumberLimits {
  readonly isWhole: boolean;
  readonly least: number;
  readonly most: number;
  /** Every number has to be a multiple of each. */
  readonly steps: readonly number[];
}

/**
 * Numbers from a least to a greatest, and multiples of a step, written without an exponent. What has been typed is a range of numbers that it
 * may still become: it may go on as long as one that is allowed is among them.
 */
export class NumberRule {
  /** Digits behind the point. */
  readonly places: number;
  /** Digits before the point. */
  readonly digits: number;
  /** In units of the last place. */
  readonly #least: bigint;
  readonly #most: bigint;
  readonly #step: bigint;
  readonly #powers: readonly bigint[];

  constructor({ isWhole, least, most, steps }: NumberLimits) {
    const isStepped = steps.length > 0;
    // Multiples lie between no others: what a bound is makes no matter.
    const told = (isStepped ? steps : [least, most]).filter(Number.isFinite).map(decimalOf);
    const needed = told.reduce((sum, { exponent }) => Math.max(sum, -exponent), isStepped ? 0 : MAX_DIGITS);
    this.places = isWhole ? 0 : Math.min(needed, MAX_PLACES);
    // Numbers far from 0 on the near side of a bound need all their digits.
    const near = [least, -most].filter((bound) => bound > 0 && Number.isFinite(bound));
    this.digits = Math.max(
      isStepped ? Math.max(1, EXACT_DIGITS - this.places) : MAX_DIGITS,
      ...near.map((bound) => String(floored(decimalOf(bound), 0)).length),
    );
    this.#powers = Array.from({ length: this.digits + this.places + 1 }, (_, power) => 10n ** BigInt(power));
    const beyond = this.#power(this.digits + this.places);
    const bound = (value: number, round: typeof ceiled): bigint =>
      Number.isFinite(value) ? round(decimalOf(value), this.places) : value < 0 ? -beyond : beyond;
    this.#least = greatest(bound(least, ceiled), 1n - beyond);
    this.#most = smallest(bound(most, floored), beyond - 1n);
    this.#step = steps.map((step) => this.#unitsOf(step)).reduce(leastMultiple, 1n);
  }

  /** Whether there is any such number. */
  get isPossible(): boolean {
    return this.#has(this.#least, this.#most);
  }

  /** The text behind a sign with the fewest digits that goes on from what was typed; `undefined` where there is none. */
  text(typed: string, isNegative: boolean): string | undefined {
    for (let places = 0; places <= this.places; places++) {
      for (const range of this.#ranges(typed)) {
        const found = this.#smallest(range, isNegative, this.#power(this.places - places));
        if (found !== undefined) return this.#written(found, typed);
      }
    }
    return undefined;
  }

  /** The magnitudes, in units of the last place, that digits may still become: one range for each number of digits before the point. */
  #ranges(typed: string): readonly Magnitudes[] {
    const point = typed.indexOf('.');
    const digits = BigInt(typed.replace('.', '') || '0');
    const range = (missing: number) => ({
      low: digits * this.#power(missing),
      high: (digits + 1n) * this.#power(missing) - 1n,
    });
    if (point >= 0) return [range(this.places - (typed.length - point - 1))];
    if (typed === '') return [{ low: 0n, high: this.#power(this.digits + this.places) - 1n }];
    // Nothing but a point may follow a 0.
    const more = typed === '0' ? 0 : this.digits - typed.length;
    return Array.from({ length: more + 1 }, (_, count) => range(count + this.places));
  }

  /** Whether digits behind a sign may still become a number that is allowed. A 0 has no sign. */
  mayBecome(typed: string, isNegative: boolean): boolean {
    return this.#ranges(typed).some(({ low, high }) =>
      isNegative ? this.#has(-high, low === 0n ? -1n : -low) : this.#has(low, high),
    );
  }

  /** Whether digits behind a sign are a number that is allowed. */
  isNumber(typed: string, isNegative: boolean): boolean {
    if (typed === '' || typed.endsWith('.')) return false;
    const point = typed.indexOf('.');
    const missing = point < 0 ? this.places : this.places - (typed.length - point - 1);
    const value = BigInt(typed.replace('.', '')) * this.#power(missing);
    return isNegative ? value !== 0n && this.#has(-value, -value) : this.#has(value, value);
  }

  /** Whether a number from `low` to `high`, in units of the last place, is allowed. */
  #has(low: bigint, high: bigint): boolean {
    const [from, to] = [greatest(low, this.#least), smallest(high, this.#most)];
    return from + above(from, this.#step) <= to;
  }

  /** The least of some magnitudes that is allowed and a multiple of `grid`. */
  #smallest({ low, high }: Magnitudes, isNegative: boolean, grid: bigint): bigint | undefined {
    // A 0 has no sign.
    const [least, most] = isNegative ? [greatest(-this.#most, 1n), -this.#least] : [this.#least, this.#most];
    const [from, to] = [greatest(low, least), smallest(high, most)];
    const found = from + above(from, leastMultiple(grid, this.#step));
    return found <= to ? found : undefined;
  }

  #written(found: bigint, typed: string): string {
    const digits = String(found).padStart(this.places + 1, '0');
    const whole = digits.slice(0, digits.length - this.places);
    const fraction = digits.slice(digits.length - this.places).replace(/0+$/, '');
    // What was typed stays: a point, and zeros behind it.
    const text = fraction === '' && !typed.includes('.') ? whole : `${whole}.${fraction}`;
    return text.padEnd(typed.length + Number(typed.endsWith('.')), '0');
  }

  #unitsOf(step: number): bigint {
    const { digits, exponent } = decimalOf(step);
    const shift = exponent + this.places;
    if (shift >= 0) return digits * 10n ** BigInt(shift);
    // Whole numbers that are multiples of digits / 10^-shift.
    const divisor = 10n ** BigInt(-shift);
    return digits / greatestDivisor(digits, divisor);
  }

  #power(exponent: number): bigint {
    return this.#powers[exponent] ?? 0n;
  }
}

/** Numbers without their sign, both ends included. */
interface Magnitudes {
  readonly low: bigint;
  readonly high: bigint;
}

/** How far above a number the next multiple of a step is. */
function above(value: bigint, step: bigint): bigint {
  const rest = value % step;
  return rest > 0n ? step - rest : -rest;
}

/** What the words of a schema say of numbers; `undefined` where they say nothing. @throws GrammarError `bad-grammar`. */
export function numberLimits(
  schema: Readonly<Record<string, unknown>>,
  isWhole: boolean,
): NumberLimits | undefined {
  const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];
  const isBound = bounds.some((word) => typeof schema[word] === 'number');
  if (!isBound && schema['multipleOf'] === undefined) return undefined;
  const given = (word: string, otherwise: number): number => {
    const value = schema[word];
    return typeof value === 'number' ? value : otherwise;
  };
  const [minimum, maximum] = [given('minimum', -Infinity), given('maximum', Infinity)];
  // Draft 4 said with true and false whether the bound itself is out.
  const low = schema['exclusiveMinimum'] === true ? minimum : given('exclusiveMinimum', -Infinity);
  const high = schema['exclusiveMaximum'] === true ? maximum : given('exclusiveMaximum', Infinity);
  return {
    isWhole,
    least: Math.max(minimum, Number.isFinite(low) ? nextAbove(low) : low),
    most: Math.min(maximum, Number.isFinite(high) ? nextBelow(high) : high),
    steps: stepsOf(schema['multipleOf']),
  };
}

/** Whether a number is what the words of a schema say. */
export function isWithin(limits: NumberLimits | undefined, value: number): boolean {
  if (limits === undefined) return true;
  const { least, most, steps } = limits;
  return value >= least && value <= most && steps.every((step) => isMultiple(value, step));
}

function isMultiple(value: number, step: number): boolean {
  const places = Math.max(0, ...[value, step].map((one) => -decimalOf(one).exponent));
  return floored(decimalOf(value), places) % floored(decimalOf(step), places) === 0n;
}

function stepsOf(value: unknown): readonly number[] {
  if (value === undefined) return [];
  const steps: readonly unknown[] = Array.isArray(value) ? value : [value];
  return steps.map((step) => {
    if (typeof step === 'number' && step > 0 && Number.isFinite(step)) return step;
    throw new GrammarError('bad-grammar', 'multipleOf of the schema is no step', {
      found: JSON.stringify(step),
      allowed: 'a number above 0',
    });
  });
}

function smallest(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function greatest(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
