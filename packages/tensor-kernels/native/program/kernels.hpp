// What each instruction set offers for programs, in translation units of their own: here products may be fused with sums.
#pragma once

#include "../matmul/task.hpp"
#include "run.hpp"

namespace halftone {

/** The functions of one instruction set. */
struct ProgramKernels {
  MatmulKernels matmul;
  /** Whether every op fits its buffers, and how many bytes of scratch, aligned to 64, the run needs. */
  Failure (*checkProgram)(const Run& run, size_t& scratchBytes);
  /** Run all ops, or those before the one that fails. */
  Failure (*runProgram)(const Run& run);
};

}  // namespace halftone
