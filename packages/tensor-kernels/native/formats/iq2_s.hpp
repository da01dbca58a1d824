// iq2_s: 256 weights in eights, points of a grid of 1024 with signs. packages/quant-formats/src/formats/iq2_s.ts draws the block.
#pragma once

#include "../packing/points.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq2_s : description::iq2_s {
  static constexpr int groupLength = 16;

  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(8 * block.superScale));
    for (int g = 0; g < 32; g++) {
      const int index = block.groups.points[8 * g];
      uint8_t& high = out[At::qh + g / 4];
      out[At::qs + g] = (uint8_t)index;
      out[At::signs + g] = block.groups.signs[g];
      high = (uint8_t)((g % 4 == 0 ? 0 : high) | index >> 8 << 2 * (g % 4));
    }
    for (int b = 0; b < 16; b += 2) {
      out[At::scales + b / 2] = (uint8_t)(block.multipliers[b] >> 1 | block.multipliers[b + 1] >> 1 << 4);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    const float d = f16ToF32(read<uint16_t>(bytes + At::d)) / 8;
    for (int b = 0; b < 16; b++) out.scales[b] = d * (float)(2 * nibbleAt(bytes + At::scales, b) + 1);
    for (int g = 0; g < 32; g++) {
      const int index = bytes[At::qs + g] | (bytes[At::qh + g / 4] >> 2 * (g % 4) & 3) << 8;
      placePoint<Search::Grid>(index, bytes[At::signs + g], out.values + 8 * g);
    }
  }
};

}  // namespace
}  // namespace halftone
