// iq2_xs: 256 weights in eights, points of a grid of 512 with signs of even number. packages/quant-formats/src/formats/iq2_xs.ts draws the block.
#pragma once

#include "../packing/points.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq2_xs : description::iq2_xs {
  static constexpr int groupLength = 16;

  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(8 * block.superScale));
    for (int g = 0; g < 32; g++) {
      write(out + At::qs + 2 * g, (uint16_t)(block.groups.points[8 * g] | (block.groups.signs[g] & 127) << 9));
    }
    for (int b = 0; b < 16; b += 2) {
      out[At::scales + b / 2] = (uint8_t)(block.multipliers[b] >> 1 | block.multipliers[b + 1] >> 1 << 4);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    const float d = f16ToF32(read<uint16_t>(bytes + At::d)) / 8;
    for (int b = 0; b < 16; b++) out.scales[b] = d * (float)(2 * nibbleAt(bytes + At::scales, b) + 1);
    for (int g = 0; g < 32; g++) {
      const uint16_t word = read<uint16_t>(bytes + At::qs + 2 * g);
      placePoint<Search::Grid>(word & 511, evenSigns(word >> 9), out.values + 8 * g);
    }
  }
};

}  // namespace
}  // namespace halftone
