/**
 * The values of the sixteen floats of one sign, two exponent and one mantissa bits (E2M1), doubled to be whole: 0, 0.5, 1, 1.5, 2, 3, 4, 6 and
 * their negatives. Source: OCP Microscaling Formats specification 1.0, section 5.3.3.
 */
export const E2M1_DOUBLED = Int8Array.of(...[0, 1, 2, 3, 4, 6, 8, 12], ...[0, -1, -2, -3, -4, -6, -8, -12]);

/** Between the magnitudes 0, 1, 2, 3, 4, 6, 8 and 12. */
const MIDPOINTS = [0.5, 1.5, 2.5, 3.5, 5, 7, 10];

/** The code of the doubled value nearest to `target`; of two equally near the one of larger magnitude. */
export function nearestE2m1(target: number): number {
  const magnitude = Math.abs(target);
  const code = MIDPOINTS.filter((midpoint) => magnitude >= midpoint).length;
  return target < 0 && code > 0 ? code | 8 : code;
}
