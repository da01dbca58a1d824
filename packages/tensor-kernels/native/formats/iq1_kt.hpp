// iq1_kt: 256 weights in eights that follow from states of 13 bits. packages/quant-formats/src/formats/iq1_kt.ts draws the block.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

struct iq1_kt : description::iq1_kt {
  static constexpr int groupLength = 32;

  static void pack(const Block& block, uint8_t* out) {
    for (int b = 0; b < 8; b++) {
      int scale = indexOf(block.multipliers[b]);
      for (int g = 0; g < 4; g++) scale |= block.groups.points[32 * b + 8 * g] >> 12 << (4 + g);
      out[At::sh + b] = (uint8_t)scale;
    }
    for (int g = 0; g < 16; g++) {
      const int low = block.groups.points[8 * g];
      const int high = block.groups.points[8 * (g + 16)];
      out[At::ql + g] = (uint8_t)low;
      out[At::ql + g + 16] = (uint8_t)high;
      out[At::qh + g] = (uint8_t)((low >> 8 & 15) | (high >> 8 & 15) << 4);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    for (int g = 0; g < 32; g++) {
      const int scale = bytes[At::sh + g / 4];
      const int high = bytes[At::qh + g % 16] >> g / 16 * 4 & 15;
      const int index = bytes[At::ql + g] | high << 8 | (scale >> (4 + g % 4) & 1) << 12;
      out.scales[g / 4] = rowScale * Search::Multipliers::codebook[scale & 15];
      generate<8>((uint32_t)(index + Search::Trellis::firstState), out.values + 8 * g);
    }
  }

 private:
  /** Which of the sixteen scales a multiplier is. */
  static int indexOf(int multiplier) {
    int index = 0;
    while ((int)Search::Multipliers::codebook[index] != multiplier) index++;
    return index;
  }
};

}  // namespace
}  // namespace halftone
