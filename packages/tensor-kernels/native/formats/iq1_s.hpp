// iq1_s: 256 weights in eights, points of a grid of 2048, which each block moves by an eighth. packages/quant-formats/src/formats/iq1_s.ts draws the block.
#pragma once

#include "../packing/points.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq1_s : description::iq1_s {
  static constexpr int groupLength = 32;

  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(block.superScale));
    for (int b = 0; b < 8; b++) {
      int word = block.multipliers[b] >> 1 << 12 | block.variants[b] << 15;
      for (int g = 0; g < 4; g++) {
        const int index = block.groups.points[32 * b + 8 * g];
        out[At::qs + 4 * b + g] = (uint8_t)index;
        word |= index >> 8 << 3 * g;
      }
      write(out + At::qh + 2 * b, (uint16_t)word);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    const float d = f16ToF32(read<uint16_t>(bytes + At::d)) / 8;
    for (int b = 0; b < 8; b++) {
      const int word = read<uint16_t>(bytes + At::qh + 2 * b);
      out.scales[b] = d * (float)(2 * (word >> 12 & 7) + 1);
      for (int g = 0; g < 4; g++) {
        const int index = bytes[At::qs + 4 * b + g] | (word >> 3 * g & 7) << 8;
        placeMoved<Search::Grid>(index, word >> 15 == 1, out.values + 32 * b + 8 * g);
      }
    }
  }
};

}  // namespace
}  // namespace halftone
