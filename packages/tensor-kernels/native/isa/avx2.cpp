#include "../simd/avx2.hpp"

#include "table.hpp"

namespace halftone {
extern const ProgramKernels avx2Programs;
extern const Kernels avx2Kernels;
const Kernels avx2Kernels = kernelsFor("avx2", &avx2Programs);
}  // namespace halftone
