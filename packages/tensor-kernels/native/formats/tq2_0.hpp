// tq2_0: 256 weights of three values, two bits each. packages/quant-formats/src/formats/tq2_0.ts draws the block.
#pragma once

#include "../packing/planes.hpp"
#include "../rows.hpp"
#include "../search/ternary.hpp"

namespace halftone {
namespace {

struct tq2_0 : description::tq2_0 {
  static constexpr int groupLength = 32;

  template <class>
  using Encoder = TernaryEncoder<tq2_0>;

  static void pack(const uint8_t* digits, uint8_t* out) { packTwoBits(digits, out + At::qs); }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    const float d = f16ToF32(read<uint16_t>(bytes + At::d));
    for (int group = 0; group < blockLength / groupLength; group++) out.scales[group] = d;
    unpackTwoBits(bytes + At::qs, (uint8_t*)out.values);
    for (int i = 0; i < blockLength; i++) out.values[i]--;
  }
};

}  // namespace
}  // namespace halftone
