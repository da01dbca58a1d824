// One run of a program: what it is given, and what can be wrong with it.
#pragma once

#include "../kernels.hpp"
#include "buffers.hpp"
#include "threads.hpp"

namespace halftone {

/** In the order of `faults` in src/device/machine.ts. */
enum class Fault : uint32_t {
  none,
  /** The words are not a program. */
  badProgram,
  /** A handle stands for nothing, or for another kind of buffer. */
  badHandle,
  /** A buffer is shorter than its op needs, or widths do not fit each other. */
  wrongLength,
  /** An index points outside what it counts. */
  outOfRange,
};

/** What is wrong, and with which op. */
struct Failure {
  Fault fault = Fault::none;
  uint32_t op = 0;
  int64_t found = 0;
  /** The length that is needed, or the first index that is too large. */
  int64_t allowed = 0;
};

struct Run {
  const FormatKernels* formats;
  size_t formatCount;
  const Buffer* buffers;
  size_t bufferCount;
  /** The program, as src/program/encode.ts writes it. */
  const uint32_t* words;
  size_t wordCount;
  size_t tokens;
  size_t outputs;
  Threads* threads;
  /** As in `MatmulTask`. */
  int inputBits;
  /** Of as many bytes as `checkProgram` said. */
  void* scratch;
};

}  // namespace halftone
