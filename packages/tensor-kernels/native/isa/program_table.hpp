// Fills the table of functions for programs with those that the including file compiles, for the `Lanes` that it has chosen.
#pragma once

#include "../program/executor.hpp"
#include "../program/kernels.hpp"

namespace halftone {
namespace {

constexpr ProgramKernels programKernels() { return {matmulKernels<Lanes>(), checkProgram<Lanes>, runProgram<Lanes>}; }

}  // namespace
}  // namespace halftone
