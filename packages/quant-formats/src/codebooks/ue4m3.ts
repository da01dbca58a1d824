/** Exponents are stored with this bias. */
const BIAS = 7;

/** The codes 1 to this one stand for rising numbers above zero. */
export const LARGEST_UE4M3 = 0x7e;

/**
 * Half of the numbers that the floats of four exponent and three mantissa bits (E4M3) without a sign stand for, which meet the doubled E2M1. The code
 * 0x7f, a NaN in the OCP 8-bit floating point specification 1.0, stands for zero, and the highest bit does not count; 0xff is not taken for a NaN. Source:
 * ggml-impl.h of llama.cpp, `ggml_ue4m3_to_fp32`.
 */
export const UE4M3_HALVED = Float32Array.from({ length: 256 }, (_, code) => {
  if (code === LARGEST_UE4M3 + 1) return 0;
  const exponent = (code >> 3) & 15;
  const mantissa = (code & 7) / 8;
  return (exponent === 0 ? mantissa * 2 ** (1 - BIAS) : (1 + mantissa) * 2 ** (exponent - BIAS)) / 2;
});
