#include "../simd/neon.hpp"

#include "program_table.hpp"

namespace halftone {
extern const ProgramKernels neonPrograms;
const ProgramKernels neonPrograms = programKernels();
}  // namespace halftone
