// i2_s: 128 weights of three values, two bits each, one scale for the tensor, which is read and not written. packages/quant-formats/src/formats/i2_s.ts
// draws the block.
#pragma once

#include "../matmul/groups.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct i2_s : description::i2_s {
  static constexpr int groupLength = 32;

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    for (int group = 0; group < blockLength / groupLength; group++) out.scales[group] = rowScale;
    for (int i = 0; i < blockLength; i++) out.values[i] = (int8_t)((bytes[At::qs + i % 32] >> (6 - i / 32 * 2) & 3) - 1);
  }

  struct Field {
    static constexpr int bits = 2;
    static constexpr int byteOf(int run, int half) { return run / 4 * 32 + 16 * half; }
    static constexpr int bitOf(int run, int) { return 6 - run % 4 * 2; }
  };

  template <class Lanes>
  using Vectors = TernaryVectors<Lanes, i2_s>;
};

}  // namespace
}  // namespace halftone
