// Four lanes for every machine: SSE2 on x86-64, NEON on ARM, simd128 in WebAssembly, plain code elsewhere.
#pragma once

#include "lanes.hpp"

namespace halftone {
namespace {

struct Lanes : Vectors<4> {
  /** `table[index]` for each lane; each index is within the table. */
  template <int Count>
  static Float lookUp(const float (&table)[Count], Int index) {
    return lookUpEach<Lanes>(table, index);
  }
};

}  // namespace
}  // namespace halftone
