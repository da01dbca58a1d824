#include "../simd/avx2.hpp"

#include "program_table.hpp"

namespace halftone {
extern const ProgramKernels avx2Programs;
const ProgramKernels avx2Programs = programKernels();
}  // namespace halftone
