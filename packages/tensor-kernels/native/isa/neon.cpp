#include "../simd/neon.hpp"

#include "table.hpp"

namespace halftone {
extern const ProgramKernels neonPrograms;
extern const Kernels neonKernels;
const Kernels neonKernels = kernelsFor("neon", &neonPrograms);
}  // namespace halftone
