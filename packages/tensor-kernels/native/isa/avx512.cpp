#include "../simd/avx512.hpp"

#include "table.hpp"

namespace halftone {
extern const Kernels avx512Kernels;
const Kernels avx512Kernels = kernelsFor("avx512");
}  // namespace halftone
