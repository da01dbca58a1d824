/*
 * Every cap of the reader of recipes. A recipe may be pasted from anywhere: a cap keeps it from costing time or memory.
 * Each cap says: the threat; the largest legitimate example known.
 */

/**
 * Characters of a text. Threat: a file that is no recipe is searched for rules.
 * Largest: about 100,000, one rule for each tensor of a model of 92 layers with stacked experts.
 */
export const MAX_TEXT_LENGTH = 262_144;

/**
 * Rules. Threat: each one is compiled, and tried on each tensor.
 * Largest: about 1,800, from the same model; recipes for experts that are stored one by one name them by patterns.
 */
export const MAX_RULES = 10_000;

/** Characters of a pattern. Threat: what it compiles to grows with it. Largest: about 200, a list of 60 layer numbers. */
export const MAX_PATTERN_LENGTH = 2_000;

/**
 * Product of a pattern's length and all its counts `{m,n}`. Threat: a count is compiled by repeating what it counts, so
 * a short pattern could ask for gigabytes. Largest: under 100, `blk\.[0-9]{1,2}\.ffn_(gate|up)\.weight`.
 */
export const MAX_REPEATED_LENGTH = 20_000;

/** Characters of a user's text that an error message repeats. Threat: megabytes in a message. Largest: the names of tensors. */
export const MAX_QUOTED_LENGTH = 80;
