#include "../simd/portable.hpp"

#include "table.hpp"

namespace halftone {
extern const ProgramKernels portablePrograms;
extern const Kernels portableKernels;
const Kernels portableKernels = kernelsFor("portable", &portablePrograms);
}  // namespace halftone
