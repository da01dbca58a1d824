/** A number as its shortest text says it: `digits` times 10 to the `exponent`. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** The decimal that programs write for a number. */
export function decimalOf(value: number): Decimal {
  const [mantissa = '0', power = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** The least whole number of units of 10^-places that is no less than a number. */
export function ceiled({ digits, exponent }: Decimal, places: number): bigint {
  return -floored({ digits: -digits, exponent }, places);
}

/** The greatest whole number of units of 10^-places that is no more than a number. */
export function floored({ digits, exponent }: Decimal, places: number): bigint {
  const shift = exponent + places;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  const cut = digits / divisor;
  return digits < 0n && cut * divisor !== digits ? cut - 1n : cut;
}

/** The number above a number, and the one below it: the next that a double can be. */
export function nextAbove(value: number): number {
  return -nextBelow(-value);
}

/** See {@link nextAbove}. */
export function nextBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  // Doubles of one sign grow with their bits.
  view.setBigUint64(0, view.getBigUint64(0) + (value < 0 ? 1n : -1n));
  return view.getFloat64(0);
}

/** The greatest number that two numbers are multiples of. */
export function greatestDivisor(one: bigint, other: bigint): bigint {
  let [large, small] = [one, other];
  while (small > 0n) [large, small] = [small, large % small];
  return large;
}

/** The least number that is a multiple of both. */
export function leastMultiple(one: bigint, other: bigint): bigint {
  return (one / greatestDivisor(one, other)) * other;
}
