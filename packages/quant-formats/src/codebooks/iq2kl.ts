/**
 * The 32 pairs of values that a 5-bit index of iq2_kl stands for, one after another. Source: ggml-common.h, `iq2kl_values`.
 */
export const IQ2_KL_PAIRS = Int8Array.of(
  ...[-63, -23, -63, 13, -40, -63, -40, -10, -40, 13, -40, 47, -23, -40, -23, -23],
  ...[-23, 1, -23, 13, -23, 28, -10, -63, -10, 1, -10, 13, -10, 47, 1, -23],
  ...[1, -10, 1, 1, 1, 13, 1, 28, 13, -40, 13, -23, 13, -10, 13, 1],
  ...[13, 13, 28, -63, 28, -23, 28, 1, 28, 28, 28, 47, 47, -23, 47, 13],
);
