#include "../simd/avx512.hpp"

#include "table.hpp"

namespace halftone {
extern const ProgramKernels avx512Programs;
extern const Kernels avx512Kernels;
const Kernels avx512Kernels = kernelsFor("avx512", &avx512Programs);
}  // namespace halftone
