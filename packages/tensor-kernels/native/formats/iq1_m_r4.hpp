// iq1_m_r4: single rows of it, 32 weights in eights, points of a grid that each moves by an eighth, one super scale for the row.
// packages/quant-formats/src/formats/iq1_m_r4.ts draws them interleaved, and tells of the block.
#pragma once

#include "../packing/points.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq1_m_r4 : description::iq1_m_r4 {
  static constexpr int groupLength = 16;

  static void pack(const Block& block, uint8_t* out) {
    const auto highOf = [&](int g) { return block.groups.points[8 * g] >> 8 | block.groups.moves[8 * g] << 3; };
    for (int g = 0; g < 4; g++) out[At::qs + g] = (uint8_t)block.groups.points[8 * g];
    out[At::qh] = (uint8_t)(highOf(0) | highOf(1) << 4);
    out[At::qh + 1] = (uint8_t)(highOf(2) | highOf(3) << 4);
    out[At::scales] = (uint8_t)(block.multipliers[0] | block.multipliers[1] << 4);
  }

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    for (int b = 0; b < 2; b++) out.scales[b] = rowScale / 8 * (float)(bytes[At::scales] >> 4 * b & 15);
    for (int g = 0; g < 4; g++) {
      const int high = bytes[At::qh + g / 2] >> 4 * (g % 2);
      placeMoved<Search::Grid>(bytes[At::qs + g] | (high & 7) << 8, (high & 8) != 0, out.values + 8 * g);
    }
  }
};

}  // namespace
}  // namespace halftone
