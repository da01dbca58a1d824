/*
 * Every cap of the reader. A file may come from anywhere: a cap keeps a number in it from costing memory or time that the
 * file's own size does not justify. Beyond these caps, nothing is allocated before the bytes that it stands for are known to exist.
 * Each cap says: the threat; the largest legitimate example known.
 */

/**
 * Bytes of a header. Threat: a header is held in memory, and a file of many gigabytes could claim to be all header.
 * Largest: about 17 MB, vocabularies of 262,144 tokens with 515,000 merges (Gemma 3).
 */
export const MAX_HEADER_BYTES = 64 * 1024 * 1024;

/** Metadata entries. Threat: an object per entry, from as few as 13 bytes. Largest: some 100 (vision models with quantization records). */
export const MAX_METADATA_ENTRIES = 65_536;

/**
 * Tensors. Threat: an object per tensor, from as few as 32 bytes.
 * Largest: under 3,000 where the experts of a layer share a tensor, as converters write them now. The cap leaves room for the older way,
 * one tensor per expert: 61 layers of 256 experts with three matrices each would be 46,848.
 */
export const MAX_TENSORS = 131_072;

/** Bytes of a metadata key: the specification's own cap. Threat: megabytes of key in every message. Largest: under 100. */
export const MAX_KEY_BYTES = 65_535;

/**
 * Bytes of a tensor's name. Threat: as for keys. Largest: 63 for language models, ggml's own limit (`GGML_MAX_NAME` is 64, the zero at
 * the end included); 127 for image models, whose programs are built with 128.
 */
export const MAX_TENSOR_NAME_BYTES = 255;

/** Dimensions of a tensor: ggml's own cap, `GGML_MAX_DIMS`. Threat: a loop over 2^32 dimensions. Largest: 4. */
export const MAX_DIMENSIONS = 4;

/** Arrays in arrays. Threat: the stack, as each level is a call. Largest: 1; no known file nests arrays at all. */
export const MAX_ARRAY_DEPTH = 4;

/**
 * Numbers of an array that are taken out of it at once. Threat: 64 MiB of header become half a gigabyte of numbers.
 * Largest: under 200, one number per layer.
 */
export const MAX_NUMBERS = 65_536;

/** `general.alignment`. Threat: padding larger than the data. Largest: 65,536, the largest memory page in common use. */
export const MAX_ALIGNMENT = 1024 * 1024;

/**
 * Files of a model. Threat: as many files are opened, and a process may open some thousand. Largest: under 200, models of a trillion
 * weights in parts of 10 GB.
 */
export const MAX_PARTS = 512;
