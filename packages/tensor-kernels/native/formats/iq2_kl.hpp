// iq2_kl: 256 weights in pairs, points of a grid of 32, one super scale for the row. packages/quant-formats/src/formats/iq2_kl.ts draws
// the block.
#pragma once

#include "../packing/planes.hpp"
#include "../packing/points.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq2_kl : description::iq2_kl {
  static constexpr int groupLength = 32;

  static void pack(const Block& block, uint8_t* out) {
    uint16_t high = 0;
    uint32_t low = 0;
    for (int b = 0; b < 8; b++) {
      const int scale = block.multipliers[b] - Search::leastMultiplier;
      low |= (uint32_t)(scale & 15) << (8 * (b % 4) + b / 4 * 4);
      high = (uint16_t)(high | scale >> 4 << 2 * b);
    }
    write(out + At::scales_h, high);
    write(out + At::scales_l, low);
    for (int p = 0; p < 16; p++) {
      const uint16_t* points = block.groups.points + 2 * p;
      uint8_t highest = 0;
      for (int b = 0; b < 8; b++) highest = (uint8_t)(highest | points[32 * b] >> 4 << b);
      out[At::qh + p] = highest;
      for (int two = 0; two < 4; two++) {
        out[At::qs + 16 * two + p] = (uint8_t)((points[64 * two] & 15) | (points[64 * two + 32] & 15) << 4);
      }
    }
  }

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    const uint16_t high = read<uint16_t>(bytes + At::scales_h);
    for (int b = 0; b < 8; b++) {
      const int low = bytes[At::scales_l + b % 4] >> b / 4 * 4 & 15;
      out.scales[b] = rowScale * (float)((low | (high >> 2 * b & 3) << 4) + Search::leastMultiplier);
      for (int p = 0; p < 16; p++) {
        const int index = (bytes[At::qs + b / 2 * 16 + p] >> b % 2 * 4 & 15) | (bytes[At::qh + p] >> b & 1) << 4;
        placePoint<Search::Grid>(index, 0, out.values + 32 * b + 2 * p);
      }
    }
  }
};

}  // namespace
}  // namespace halftone
