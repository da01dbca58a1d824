#include "../simd/neon.hpp"

#include "table.hpp"

namespace halftone {
extern const Kernels neonKernels;
const Kernels neonKernels = kernelsFor("neon");
}  // namespace halftone
