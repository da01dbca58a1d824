/**
 * The sixteen values that a 4-bit index of the iq4 formats stands for, and after them the same values shifted by 4, which
 * blocks of the iqk formats may choose instead. Denser near zero, where trained weights are; not symmetric, so that the
 * sign of the scale matters. iq4_nl uses the first sixteen. Source: ggml-common.h, `iq4k_values`.
 */
export const IQ4_VALUES = Int8Array.of(
  ...[-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113],
  ...[-123, -100, -79, -61, -45, -31, -18, -6, 5, 17, 29, 42, 57, 73, 93, 117],
);
