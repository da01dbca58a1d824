/**
 * Most entries of a file. Each entry costs an object, so a forged count must not be believed.
 * The largest legitimate files have one entry for each matrix of each layer: fewer than 5,000.
 */
export const MAX_ENTRIES = 100_000;

/** Longest name of an entry. Tensor names in GGUF files made by ggml have at most 63 bytes; this is four times that. */
export const MAX_NAME_BYTES = 256;

/*
 * The number of values and the length of the calibration text's path need no cap of their own:
 * both are checked against the bytes that are left in the file before anything is allocated.
 */
