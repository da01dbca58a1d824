/*
 * Every cap of the reader. An entry belongs to a tensor: the caps and their largest examples are those of gguf-io, where
 * `src/read/limits.ts` tells them. Each cap says: the threat; the largest legitimate example known.
 *
 * The number of values and the length of the calibration text's path need no cap of their own:
 * both are checked against the bytes that are left in the file before anything is allocated.
 */

/**
 * Entries. Threat: an object per entry, from as few as 17 bytes.
 * Largest: some 47,000, a model of 61 layers with 256 experts whose three matrices are stored one by one.
 */
export const MAX_ENTRIES = 131_072;

/** Bytes of the name of an entry. Threat: megabytes of name in every message. Largest: 127, as for the names of tensors. */
export const MAX_NAME_BYTES = 255;

/** Names of calibration texts. Threat: a string from as few as 8 bytes of metadata. Largest: a handful, one for each file merged. */
export const MAX_DATASETS = 4096;
