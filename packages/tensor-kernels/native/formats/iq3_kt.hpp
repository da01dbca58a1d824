// iq3_kt: 256 weights in eights whose magnitudes follow from states of 16 bits. packages/quant-formats/src/formats/iq3_kt.ts draws the block.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

struct iq3_kt : description::iq3_kt {
  static constexpr int groupLength = 32;

  static void pack(const Block& block, uint8_t* out) {
    for (int b = 0; b < 4; b++) out[At::scales + b] = (uint8_t)(block.multipliers[b] | block.multipliers[b + 4] << 4);
    for (int g = 0; g < 32; g++) write(out + At::ql + 2 * g, block.groups.points[8 * g]);
    for (int i = 0; i < 32; i++) {
      int signs = 0;
      for (int b = 0; b < 8; b++) signs |= (block.groups.signs[4 * b + i / 8] >> i % 8 & 1) << b;
      out[At::qh + i] = (uint8_t)signs;
    }
  }

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    // Its sign does not count.
    for (int b = 0; b < 8; b++) out.scales[b] = magnitudeOf(rowScale) * (float)(bytes[At::scales + b % 4] >> b / 4 * 4 & 15);
    for (int g = 0; g < 32; g++) {
      generate<8>(read<uint16_t>(bytes + At::ql + 2 * g) + Search::Trellis::firstState, out.values + 8 * g);
    }
    for (int i = 0; i < 256; i++) {
      const int magnitude = out.values[i] < 0 ? -out.values[i] : out.values[i];
      out.values[i] = (int8_t)(isNegative(bytes, i) ? -magnitude : magnitude);
    }
  }

  /** Zeros have signs too. */
  static void signZeros(const uint8_t* bytes, float* out) {
    for (int i = 0; i < 256; i++) {
      if (magnitudeOf(out[i]) == 0) out[i] = isNegative(bytes, i) ? -0.0f : 0.0f;
    }
  }

 private:
  static bool isNegative(const uint8_t* bytes, int i) { return bytes[At::qh + i % 32] >> i / 32 & 1; }
};

}  // namespace
}  // namespace halftone
