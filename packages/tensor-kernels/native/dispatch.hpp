// The instruction sets that were compiled, and which of them this processor has.
#pragma once

#include "kernels.hpp"

namespace halftone {

/** The tables of the instruction sets that this processor has, the fastest first; a null pointer ends the list. */
const Kernels* const* availableKernels();

}  // namespace halftone
