// iq2_bn: 64 weights of three values, two bits each, one scale for the row. packages/quant-formats/src/formats/iq2_bn.ts draws the block.
#pragma once

#include "../matmul/groups.hpp"
#include "../rows.hpp"
#include "../search/ternary.hpp"

namespace halftone {
namespace {

struct iq2_bn : description::iq2_bn {
  static constexpr int groupLength = 32;

  template <class>
  using Encoder = TernaryEncoder<iq2_bn>;

  static void pack(const uint8_t* digits, uint8_t* out) {
    for (int i = 0; i < 16; i++) {
      out[At::qs + i] = (uint8_t)(digits[i] | digits[i + 16] << 2 | digits[i + 32] << 4 | digits[i + 48] << 6);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    for (int group = 0; group < blockLength / groupLength; group++) out.scales[group] = rowScale;
    for (int i = 0; i < blockLength; i++) out.values[i] = (int8_t)((bytes[At::qs + i % 16] >> i / 16 * 2 & 3) - 1);
  }

  struct Field {
    static constexpr int bits = 2;
    static constexpr int byteOf(int run, int) { return run / 2 * 16; }
    static constexpr int bitOf(int run, int half) { return run % 2 * 4 + 2 * half; }
  };

  template <class Lanes>
  using Vectors = TernaryVectors<Lanes, iq2_bn>;
};

}  // namespace
}  // namespace halftone
