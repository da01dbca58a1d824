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
  FormatKernels kernels = {
      .name = name,
      .index = index,
      .blockLength = Format::blockLength,
      .bytesPerBlock = Format::bytesPerBlock,
      .rowPrefixBytes = Format::rowPrefixBytes,
      .scratchBytes = nullptr,
      .decodeRows = decodeRows<Format>,
      .encodeRows = nullptr,
  };
  if constexpr (!requires { Format::isReadOnly; }) {
    kernels.scratchBytes = scratchBytes<Lanes, Format>;
    kernels.encodeRows = encodeRows<Lanes, Format>;
  }
  return kernels;
}

#define HALFTONE_FORMAT_KERNELS(format) formatKernels<format>(#format, place::format),
constexpr FormatKernels formatTable[] = {HALFTONE_EACH_FORMAT(HALFTONE_FORMAT_KERNELS)};
#undef HALFTONE_FORMAT_KERNELS

constexpr Kernels kernelsFor(const char* instructionSet, const ProgramKernels* programs) {
  return {instructionSet, formatTable, sizeof formatTable / sizeof formatTable[0], firstBeyond, squareErrors, programs};
}

}  // namespace
}  // namespace halftone
