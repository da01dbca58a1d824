// iq2_xxs: 256 weights in eights, points of a grid of 256 with signs of even number. packages/quant-formats/src/formats/iq2_xxs.ts draws the block.
#pragma once

#include "../packing/points.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq2_xxs : description::iq2_xxs {
  static constexpr int groupLength = 32;

  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(8 * block.superScale));
    for (int b = 0; b < 8; b++) {
      uint8_t* words = out + At::qs + 8 * b;
      uint32_t high = (uint32_t)(block.multipliers[b] >> 1) << 28;
      for (int g = 0; g < 4; g++) {
        words[g] = (uint8_t)block.groups.points[32 * b + 8 * g];
        high |= (uint32_t)(block.groups.signs[4 * b + g] & 127) << 7 * g;
      }
      write(words + 4, high);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    const float d = f16ToF32(read<uint16_t>(bytes + At::d)) / 8;
    for (int b = 0; b < 8; b++) {
      const uint8_t* words = bytes + At::qs + 8 * b;
      const uint32_t high = read<uint32_t>(words + 4);
      out.scales[b] = d * (float)(2 * (high >> 28) + 1);
      for (int g = 0; g < 4; g++) {
        placePoint<Search::Grid>(words[g], evenSigns(high >> 7 * g & 127), out.values + 32 * b + 8 * g);
      }
    }
  }
};

}  // namespace
}  // namespace halftone
