#include "../simd/portable.hpp"

#include "table.hpp"

namespace halftone {
extern const Kernels portableKernels;
const Kernels portableKernels = kernelsFor("portable");
}  // namespace halftone
