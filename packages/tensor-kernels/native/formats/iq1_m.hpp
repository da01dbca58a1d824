// iq1_m: 256 weights in eights, points of a grid of 2048, each moved by an eighth. packages/quant-formats/src/formats/iq1_m.ts draws the block.
#pragma once

#include "../packing/points.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq1_m : description::iq1_m {
  static constexpr int groupLength = 16;

  static void pack(const Block& block, uint8_t* out) {
    for (int g = 0; g < 32; g += 2) {
      const auto highOf = [&](int i) { return block.groups.points[8 * i] >> 8 | block.groups.moves[8 * i] << 3; };
      out[At::qs + g] = (uint8_t)block.groups.points[8 * g];
      out[At::qs + g + 1] = (uint8_t)block.groups.points[8 * g + 8];
      out[At::qh + g / 2] = (uint8_t)(highOf(g) | highOf(g + 1) << 4);
    }
    const int half = f32ToFiniteF16(block.superScale);
    for (int k = 0; k < 4; k++) {
      int word = (half >> 4 * k & 15) << 12;
      for (int b = 0; b < 4; b++) word |= block.multipliers[4 * k + b] >> 1 << 3 * b;
      write(out + At::scales + 2 * k, (uint16_t)word);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    int half = 0;
    for (int k = 0; k < 4; k++) half |= read<uint16_t>(bytes + At::scales + 2 * k) >> 12 << 4 * k;
    const float d = f16ToF32((uint16_t)half) / 8;
    for (int b = 0; b < 16; b++) {
      out.scales[b] = d * (float)(2 * (read<uint16_t>(bytes + At::scales + b / 4 * 2) >> 3 * (b % 4) & 7) + 1);
    }
    for (int g = 0; g < 32; g++) {
      const int high = bytes[At::qh + g / 2] >> 4 * (g % 2);
      placeMoved<Search::Grid>(bytes[At::qs + g] | (high & 7) << 8, (high & 8) != 0, out.values + 8 * g);
    }
  }
};

}  // namespace
}  // namespace halftone
