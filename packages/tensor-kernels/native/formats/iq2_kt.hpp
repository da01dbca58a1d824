// iq2_kt: 256 weights in eights that follow from states of 16 bits. packages/quant-formats/src/formats/iq2_kt.ts draws the block.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

struct iq2_kt : description::iq2_kt {
  static constexpr int groupLength = 32;

  static void pack(const Block& block, uint8_t* out) {
    for (int b = 0; b < 4; b++) {
      out[At::scales + b] = (uint8_t)(indexOf(block.multipliers[b]) | indexOf(block.multipliers[b + 4]) << 4);
    }
    for (int g = 0; g < 32; g++) write(out + At::ql + 2 * g, block.groups.points[8 * g]);
  }

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    for (int b = 0; b < 8; b++) {
      out.scales[b] = rowScale * Search::Multipliers::codebook[bytes[At::scales + b % 4] >> b / 4 * 4 & 15];
    }
    for (int g = 0; g < 32; g++) {
      generate<8>(read<uint16_t>(bytes + At::ql + 2 * g) + Search::Trellis::firstState, out.values + 8 * g);
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
