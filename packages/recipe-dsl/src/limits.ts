/** Longest text, in characters. A recipe with one rule for each tensor of the largest models has about 100,000. */
export const MAX_TEXT_LENGTH = 1_048_576;

/** Most rules: each one is compiled and tried on each tensor. The largest models have fewer than 3,000 tensors. */
export const MAX_RULES = 10_000;

/** Longest pattern, in characters: what it compiles to grows with it. A list of 60 layer numbers has about 200. */
export const MAX_PATTERN_LENGTH = 2_000;

/**
 * Largest sum of the counts `{m,n}` in a pattern. A count is compiled by repeating what it counts, so a short pattern
 * could ask for gigabytes. Tensor names have at most 63 bytes: no greater count can ever match.
 */
export const MAX_COUNTS_IN_PATTERN = 256;

/** Longest piece of a user's text that an error message repeats. */
export const MAX_QUOTED_LENGTH = 80;
