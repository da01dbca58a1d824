// iq1_s_r4: single rows of it, 32 weights in eights, points of a grid that the block moves by an eighth, one super scale for the row.
// packages/quant-formats/src/formats/iq1_s_r4.ts draws them interleaved, and tells of the block.
#pragma once

#include "../packing/points.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq1_s_r4 : description::iq1_s_r4 {
  static constexpr int groupLength = blockLength;

  static void pack(const Block& block, uint8_t* out) {
    int word = block.multipliers[0] >> 1 << 12 | block.variants[0] << 15;
    for (int g = 0; g < 4; g++) {
      const int index = block.groups.points[8 * g];
      out[At::qs + g] = (uint8_t)index;
      word |= index >> 8 << 3 * g;
    }
    write(out + At::qh, (uint16_t)word);
  }

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    const int word = read<uint16_t>(bytes + At::qh);
    out.scales[0] = rowScale / 8 * (float)(2 * (word >> 12 & 7) + 1);
    for (int g = 0; g < 4; g++) {
      placeMoved<Search::Grid>(bytes[At::qs + g] | (word >> 3 * g & 7) << 8, word >> 15 == 1, out.values + 8 * g);
    }
  }
};

}  // namespace
}  // namespace halftone
