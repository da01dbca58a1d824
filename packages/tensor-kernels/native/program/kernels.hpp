// What each instruction set offers for programs, in translation units of their own: here products may be fused with sums.
#pragma once

#include "../matmul/task.hpp"

namespace halftone {

/** The functions of one instruction set. */
struct ProgramKernels {
  MatmulKernels matmul;
};

}  // namespace halftone
