/*
 * Every cap on what the metadata of a model may say. Each says: the threat; the largest legitimate example known. Lengths of
 * rows need none: they must be those of tensors that are there.
 */

/** Layers. Threat: a tensor table of billions of rows to be looked for. Largest: 126 (Llama 3.1 405B). */
export const MAX_LAYERS = 1024;

/** Experts of a layer. Threat: as for layers. Largest: 512. */
export const MAX_EXPERTS = 4096;

/** Width of a row: an embedding, a feed-forward. Threat: products of widths beyond 2^53. Largest: 53,248 (Llama 3.1 405B). */
export const MAX_WIDTH = 1 << 24;

/** Tokens of a context. Threat: positions beyond 32 bits. Largest: 10,485,760 (Llama 4 Scout). */
export const MAX_CONTEXT = 1 << 28;

/** Factors on attention and on the weights of experts. Threat: sums beyond 32-bit floats. Largest: 2.5 (DeepSeek-V3). */
export const MAX_SCALE = 1e6;

/** Factors of rotary scaling. Threat: none beyond infinity, which this leaves out: the largest 32-bit float, rounded up. */
export const MAX_FACTOR = 3.5e38;
