// i2_s: 128 weights of three values, two bits each, one scale for the tensor, which is read and not written. packages/quant-formats/src/formats/i2_s.ts
// draws the block.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

struct i2_s : description::i2_s {
  static constexpr int groupLength = 32;

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    for (int group = 0; group < blockLength / groupLength; group++) out.scales[group] = rowScale;
    for (int i = 0; i < blockLength; i++) out.values[i] = (int8_t)((bytes[At::qs + i % 32] >> (6 - i / 32 * 2) & 3) - 1);
  }
};

}  // namespace
}  // namespace halftone
