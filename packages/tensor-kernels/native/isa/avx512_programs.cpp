#include "../simd/avx512.hpp"

#include "program_table.hpp"

namespace halftone {
extern const ProgramKernels avx512Programs;
const ProgramKernels avx512Programs = programKernels();
}  // namespace halftone
