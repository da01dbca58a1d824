// iq3_s: 256 weights in fours, points of a grid of 512 with signs. packages/quant-formats/src/formats/iq3_s.ts draws the block.
#pragma once

#include "../packing/planes.hpp"
#include "../packing/points.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq3_s : description::iq3_s {
  static constexpr int groupLength = 32;

  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(block.superScale));
    for (int b = 0; b < 8; b++) {
      int high = 0;
      for (int k = 0; k < 8; k++) {
        const int index = block.groups.points[32 * b + 4 * k];
        out[At::qs + 8 * b + k] = (uint8_t)index;
        high |= index >> 8 << k;
      }
      out[At::qh + b] = (uint8_t)high;
    }
    for (int g = 0; g < 32; g++) out[At::signs + g] = block.groups.signs[g];
    for (int b = 0; b < 8; b += 2) {
      out[At::scales + b / 2] = (uint8_t)(block.multipliers[b] >> 1 | block.multipliers[b + 1] >> 1 << 4);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    const float d = f16ToF32(read<uint16_t>(bytes + At::d));
    for (int b = 0; b < 8; b++) out.scales[b] = d * (float)(2 * nibbleAt(bytes + At::scales, b) + 1);
    for (int four = 0; four < 64; four++) {
      const int index = bytes[At::qs + four] | (bytes[At::qh + four / 8] >> four % 8 & 1) << 8;
      const int signs = bytes[At::signs + four / 2] >> 4 * (four % 2);
      placePoint<Search::Grid>(index, signs, out.values + 4 * four);
    }
  }
};

}  // namespace
}  // namespace halftone
