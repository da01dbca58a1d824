// Fills the table of functions for programs with those that the including file compiles, for the `Lanes` that it has chosen.
#pragma once

#include "../matmul/matmul.hpp"
#include "../program/kernels.hpp"

namespace halftone {
namespace {

constexpr ProgramKernels programKernels() { return {matmulKernels<Lanes>()}; }

}  // namespace
}  // namespace halftone
