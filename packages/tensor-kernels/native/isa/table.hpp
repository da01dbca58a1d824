// Fills the table of functions with those that the including file compiles, for the `Lanes` that it has chosen.
#pragma once

#include "../compare.hpp"
#include "../generated/registry.hpp"
#include "../kernels.hpp"

namespace halftone {
namespace {

/** The places of the formats in the table. */
namespace place {
#define HALFTONE_FORMAT_PLACE(format) format,
enum Place : size_t { HALFTONE_EACH_FORMAT(HALFTONE_FORMAT_PLACE) };
#undef HALFTONE_FORMAT_PLACE
}  // namespace place

template <class Format>
constexpr FormatKernels formatKernels(const char* name, size_t index) {
  return {name,
          index,
          Format::blockLength,
          Format::bytesPerBlock,
          Format::rowPrefixBytes,
          scratchBytes<Lanes, Format>,
          decodeRows<Format>,
          encodeRows<Lanes, Format>};
}

#define HALFTONE_FORMAT_KERNELS(format) formatKernels<format>(#format, place::format),
constexpr FormatKernels formatTable[] = {HALFTONE_EACH_FORMAT(HALFTONE_FORMAT_KERNELS)};
#undef HALFTONE_FORMAT_KERNELS

constexpr Kernels kernelsFor(const char* instructionSet, const ProgramKernels* programs) {
  return {instructionSet, formatTable, sizeof formatTable / sizeof formatTable[0], firstBeyond, squareErrors, programs};
}

}  // namespace
}  // namespace halftone
