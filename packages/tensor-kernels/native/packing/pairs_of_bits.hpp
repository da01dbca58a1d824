// Weights of -1 to 2 times one scale, four in a byte: packages/quant-formats/src/packing/pairs-of-bits.ts.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

template <class Description>
struct PairsOfBits : Description {
  static constexpr int groupLength = 32;

  static void pack(const Block& block, uint8_t* out) {
    write(out + Description::At::d, f32ToFiniteF16(block.superScale));
    for (int i = 0; i < Description::blockLength / 4; i++) {
      const uint8_t* codes = block.codes + 4 * i;
      out[Description::At::qs + i] = (uint8_t)(codes[0] | codes[1] << 2 | codes[2] << 4 | codes[3] << 6);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    const float d = f16ToF32(read<uint16_t>(bytes + Description::At::d));
    for (int group = 0; group < Description::blockLength / groupLength; group++) out.scales[group] = d;
    for (int i = 0; i < Description::blockLength; i++) {
      out.values[i] = (int8_t)((bytes[Description::At::qs + i / 4] >> i % 4 * 2 & 3) - 1);
    }
  }
};

}  // namespace
}  // namespace halftone
