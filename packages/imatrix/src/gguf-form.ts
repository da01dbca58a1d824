/** The names of the GGUF form of llama.cpp: `common/imatrix-loader.h` and `tools/imatrix/imatrix.cpp` there. */
export const KEYS = {
  type: 'general.type',
  datasets: 'imatrix.datasets',
  chunkCount: 'imatrix.chunk_count',
  chunkSize: 'imatrix.chunk_size',
} as const;

/** The value of `general.type`. */
export const GENERAL_TYPE = 'imatrix';

/** The two tensors of an entry are named after the weight tensor: sums `(experts, columns)` and counts `(experts, 1)`. */
export const SUFFIXES = { sums: '.in_sum2', counts: '.counts' } as const;
