/**
 * Seven signs and the eighth that makes their number even: bit 7 of the result is the parity of the others. Source: ggml-common.h,
 * `ksigns_iq2xs`.
 */
export function evenSigns(seven: number): number {
  let parity = seven ^ (seven >> 4);
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  return seven | ((parity & 1) << 7);
}
