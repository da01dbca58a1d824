// iq4_kt: 256 weights in fours that follow from states of 15 bits, of one half of the generator or the other. packages/quant-formats/src/formats/iq4_kt.ts draws the block.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

struct iq4_kt : description::iq4_kt {
  static constexpr int groupLength = 32;

  static void pack(const Block& block, uint8_t* out) {
    for (int b = 0; b < 8; b++) {
      uint32_t word = (uint32_t)(block.variants[b] | (block.multipliers[b] - Search::leastMultiplier) << 1);
      for (int k = 0; k < 8; k++) {
        const uint32_t index = block.groups.points[32 * b + 4 * k];
        out[At::ql + 8 * b + k] = (uint8_t)index;
        word |= index >> 12 << (8 + 3 * k);
      }
      write(out + At::qs + 4 * b, word);
    }
    for (int g = 0; g < 32; g++) {
      out[At::qh + g] = (uint8_t)((block.groups.points[4 * g] >> 8 & 15) | (block.groups.points[4 * (g + 32)] >> 8 & 15) << 4);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    for (int g = 0; g < 64; g++) {
      const uint32_t word = read<uint32_t>(bytes + At::qs + g / 8 * 4);
      const uint32_t high = bytes[At::qh + g % 32] >> g / 32 * 4 & 15;
      const uint32_t index = bytes[At::ql + g] | high << 8 | (word >> (8 + 3 * (g % 8)) & 7) << 12;
      out.scales[g / 8] = rowScale * (float)((int)(word >> 1 & 127) + Search::leastMultiplier);
      generate<4>(index + Search::Trellis::firstState + (word & 1) * (uint32_t)Search::shifts[1], out.values + 4 * g);
    }
  }
};

}  // namespace
}  // namespace halftone
