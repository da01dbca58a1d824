/** Adding and subtracting 1.5 * 2^52 rounds a double of magnitude below 2^51 to a whole number, ties to even. */
const ROUND_TO_WHOLE = 1.5 * 2 ** 52;

/** The whole number nearest to `value`, ties to even, as the default rounding of SIMD units and of the peer has it. */
export function roundHalfEven(value: number): number {
  return value + ROUND_TO_WHOLE - ROUND_TO_WHOLE;
}
