#include "../simd/portable.hpp"

#include "program_table.hpp"

namespace halftone {
extern const ProgramKernels portablePrograms;
const ProgramKernels portablePrograms = programKernels();
}  // namespace halftone
