/** The step of the generator. Source: iqk_quantize.cpp of ik_llama.cpp, `QuantizerIQKT::set_values`, after QTIP (Tseng et al. 2024). */
const STEP = 0xcbac1fed | 0;
/** Six bits of each byte count. */
const SIX_BITS = 0x3f3f3f3f;

/**
 * The numbers that follow a state, `count` of them, from -126 to 126 and bell-shaped: each multiplies the state and adds up the six low
 * bits of its four bytes, less 126. Written times `scale` from `start` on.
 */
export function restoreTrellis(
  state: number,
  scale: number,
  out: Float32Array,
  start: number,
  count: number,
): void {
  let x = state;
  for (let j = 0; j < count; j++) {
    x = Math.imul(x, STEP);
    const bytes = x & SIX_BITS;
    out[start + j] =
      scale * ((bytes & 63) + ((bytes >> 8) & 63) + ((bytes >> 16) & 63) + (bytes >> 24) - 126);
  }
}
