// What each instruction set offers: one table of functions, the same arguments for all. Callers have checked lengths.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "square_errors.hpp"

namespace halftone {

/** The functions of one format. */
struct FormatKernels {
  const char* name;
  /** Its place among the formats, the same for every instruction set. */
  size_t index;
  size_t blockLength;
  size_t bytesPerBlock;
  size_t rowPrefixBytes;
  /** Bytes of memory, aligned to 64, that `encodeRows` needs for rows of `columns` weights. As `encodeRows`, a null pointer where the format is read only. */
  size_t (*scratchBytes)(size_t columns);
  void (*decodeRows)(const uint8_t* bytes, size_t rows, size_t columns, float* out);
  /** `importance` has one value per column, or is a null pointer. */
  void (*encodeRows)(const float* weights, size_t rows, size_t columns, const float* importance, uint8_t* out, void* scratch);
};

struct ProgramKernels;

/** The functions of one instruction set. */
struct Kernels {
  const char* instructionSet;
  const FormatKernels* formats;
  size_t formatCount;
  /** The place of the first value that is NaN or of larger magnitude than `limit`; `length` if there is none. */
  size_t (*firstBeyond)(const float* values, size_t length, double limit);
  /** Adds to `sums`, row after row. */
  void (*squareErrors)(const float* weights, const float* decoded, size_t rows, size_t columns, const float* importance,
                       SquareErrors& sums);
  const ProgramKernels* programs;
};

}  // namespace halftone
