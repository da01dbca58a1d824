// The generator of the trellis formats: packages/quant-formats/src/packing/trellis.ts tells what it is.
#pragma once

#include <stdint.h>

namespace halftone {
namespace {

/** The numbers that follow a state: from -126 to 126. */
template <int Count>
inline void generate(uint32_t state, int8_t* numbers) {
  for (int j = 0; j < Count; j++) {
    state *= 0xcbac1fed;
    const uint32_t bytes = state & 0x3f3f3f3f;
    numbers[j] = (int8_t)((int)(bytes * 0x01010101 >> 24) - 126);
  }
}

}  // namespace
}  // namespace halftone
