// iq3_xxs: 256 weights in fours, points of a grid of 256, with signs of even number for each eight. packages/quant-formats/src/formats/iq3_xxs.ts draws the block.
#pragma once

#include "../packing/points.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq3_xxs : description::iq3_xxs {
  static constexpr int groupLength = 32;

  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(4 * block.superScale));
    for (int four = 0; four < 64; four++) out[At::qs + four] = (uint8_t)block.groups.points[4 * four];
    for (int b = 0; b < 8; b++) {
      uint32_t word = (uint32_t)(block.multipliers[b] >> 1) << 28;
      for (int g = 0; g < 4; g++) word |= (uint32_t)(block.groups.signs[4 * b + g] & 127) << 7 * g;
      write(out + At::scales + 4 * b, word);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    const float d = f16ToF32(read<uint16_t>(bytes + At::d)) / 4;
    for (int b = 0; b < 8; b++) {
      const uint32_t word = read<uint32_t>(bytes + At::scales + 4 * b);
      out.scales[b] = d * (float)(2 * (word >> 28) + 1);
      for (int four = 0; four < 8; four++) {
        const int signs = evenSigns(word >> 7 * (four / 2) & 127) >> 4 * (four % 2);
        placePoint<Search::Grid>(bytes[At::qs + 8 * b + four], signs, out.values + 32 * b + 4 * four);
      }
    }
  }
};

}  // namespace
}  // namespace halftone
