// Products of packed weights with activations: what the executor of programs asks for, and what answers it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "../kernels.hpp"

namespace halftone {

/**
 * `out` (count, rows) = `input` (count, columns) times the transpose of `weights` (rows, columns), plus `bias`. `columns` is a
 * multiple of the block length of the format, and `count` and `rows` are at least 1. No memory of `out` is that of `input`.
 */
struct MatmulTask {
  const FormatKernels* format;
  /** The packed rows, at any address. */
  const uint8_t* weights;
  size_t rows;
  size_t columns;
  const float* input;
  size_t count;
  /** Bits that inputs of quantized weights may be rounded to: 16, or 8 where bytes are multiplied faster. */
  int inputBits;
  float* out;
  /** From one row of `out` to the next, in floats; `rows` or more. */
  size_t outStride;
  /** (rows), or a null pointer. */
  const float* bias;
  /** (count) which row of `input` and of `out` each one is: those of the tokens that chose an expert. Null pointers: all in order. */
  const uint32_t* inputRows;
  const uint32_t* outRows;

  const float* inputRow(size_t index) const { return input + (inputRows == nullptr ? index : inputRows[index]) * columns; }
  float* outRow(size_t index) const { return out + (outRows == nullptr ? index : outRows[index]) * outStride; }
  size_t bytesPerRow() const { return format->rowPrefixBytes + columns / format->blockLength * format->bytesPerBlock; }
};

/** How a task is to be done. Depends on shapes, format and `count` alone, never on memory or threads. */
struct MatmulPlan {
  /** Tasks with the same input and input rows, and the same form, share what was prepared. */
  uint32_t inputForm;
  /** Bytes of the prepared input, all rows of it, aligned to 64. */
  size_t preparedBytes;
  /** Bytes that each thread lends to `multiply`, aligned to 64. */
  size_t scratchBytes;
  /** Pieces that are handed to `prepare` start at multiples of this many input rows. */
  size_t inputStep;
  /** Pieces that are handed to `multiply` start at multiples of this many weight rows. */
  size_t rowStep;
};

/**
 * The functions of one instruction set. Threads share the pieces of `prepare`, then those of `multiply`. A value of `out` depends on
 * its weight row and its input row, never on how the rows were split.
 */
struct MatmulKernels {
  MatmulPlan (*plan)(const MatmulTask& task);
  void (*prepare)(const MatmulTask& task, void* prepared, size_t firstInput, size_t inputCount);
  /** Writes columns `firstRow` to `firstRow + rowCount` of `out`. */
  void (*multiply)(const MatmulTask& task, const void* prepared, size_t firstRow, size_t rowCount, void* scratch);
};

}  // namespace halftone
