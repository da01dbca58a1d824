// Fills the table of functions with those that the including file compiles, for the `Lanes` that it has chosen.
#pragma once

#include "../compare.hpp"
#include "../generated/registry.hpp"
#include "../kernels.hpp"

namespace halftone {
namespace {

template <class Format>
constexpr FormatKernels formatKernels(const char* name) {
  return {name,
          Format::blockLength,
          Format::bytesPerBlock,
          Format::rowPrefixBytes,
          scratchBytes<Lanes, Format>,
          decodeRows<Format>,
          encodeRows<Lanes, Format>};
}

#define HALFTONE_FORMAT_KERNELS(format) formatKernels<format>(#format),
constexpr FormatKernels formatTable[] = {HALFTONE_EACH_FORMAT(HALFTONE_FORMAT_KERNELS)};
#undef HALFTONE_FORMAT_KERNELS

constexpr Kernels kernelsFor(const char* instructionSet, const ProgramKernels* programs) {
  return {instructionSet, formatTable, sizeof formatTable / sizeof formatTable[0], firstBeyond, squareErrors, programs};
}

}  // namespace
}  // namespace halftone
