/**
 * The four values of a 2-bit index of iq2_k and iq2_ks, and after them the same values shifted by 5, which blocks may choose
 * instead. Source: ggml-common.h, `iq2nl_values`.
 */
export const IQ2_VALUES = Int8Array.of(...[-31, -13, 1, 17], ...[-26, -8, 6, 22]);

/**
 * The eight values of a 3-bit index of iq3_k and iq3_ks, and after them the same values shifted by 4. Source: ggml-common.h,
 * `iq3nl_values`.
 */
export const IQ3_VALUES = Int8Array.of(
  ...[-63, -40, -23, -10, 1, 13, 28, 47],
  ...[-59, -36, -19, -6, 5, 17, 32, 51],
);

/** The first half of {@link IQ5_VALUES}. */
const IQ5_FIRST = [
  ...[-126, -114, -103, -92, -83, -74, -65, -57, -50, -43, -36, -30, -24, -18, -12, -6],
  ...[-1, 5, 11, 17, 23, 29, 36, 43, 51, 59, 68, 77, 87, 97, 109, 121],
];

/**
 * The 32 values of a 5-bit index of iq5_k and iq5_ks, and after them the same values shifted by 2. Source: ggml-common.h,
 * `iq5nl_values`.
 */
export const IQ5_VALUES = Int8Array.of(...IQ5_FIRST, ...IQ5_FIRST.map((value) => value + 2));
