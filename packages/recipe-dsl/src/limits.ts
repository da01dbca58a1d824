/** Longest text, in characters. A recipe with one rule for each tensor of the largest models has about 100,000. */
export const MAX_TEXT_LENGTH = 262_144;

/** Most rules: each one is compiled and tried on each tensor. The largest models have fewer than 3,000 tensors. */
export const MAX_RULES = 10_000;

/** Longest pattern, in characters: what it compiles to grows with it. A list of 60 layer numbers has about 200. */
export const MAX_PATTERN_LENGTH = 2_000;

/**
 * Largest product of a pattern's length and all its counts `{m,n}`. A count is compiled by repeating what it counts, so
 * a short pattern could ask for gigabytes. `blk\.[0-9]{1,2}\.ffn_(gate|up)\.weight` comes to less than 100.
 */
export const MAX_REPEATED_LENGTH = 20_000;

/** Longest piece of a user's text that an error message repeats. */
export const MAX_QUOTED_LENGTH = 80;
