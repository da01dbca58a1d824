// iq1_bn: 64 weights of three values, five in a byte, one scale for the row. packages/quant-formats/src/formats/iq1_bn.ts draws the block.
#pragma once

#include "../packing/trits.hpp"
#include "../rows.hpp"
#include "../search/ternary.hpp"

namespace halftone {
namespace {

struct iq1_bn : description::iq1_bn {
  static constexpr int groupLength = 32;

  template <class>
  using Encoder = TernaryEncoder<iq1_bn>;

  static void pack(const uint8_t* digits, uint8_t* out) {
    eachByte([&](int byte, int first, int step, int count) {
      int number = 0;
      for (int n = count - 1; n >= 0; n--) number = 3 * number + digits[first + n * step];
      out[byte] = tritsByte(number);
    });
  }

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    for (int group = 0; group < blockLength / groupLength; group++) out.scales[group] = rowScale;
    eachByte([&](int byte, int first, int step, int count) {
      for (int n = 0; n < count; n++) out.values[first + n * step] = (int8_t)(tritAt(bytes[byte], 4 - n) - 1);
    });
  }

 private:
  /** `each(byte, first, step, count)`: the place of its first weight, how far apart they are, and how many it has. */
  template <class Each>
  static void eachByte(Each each) {
    for (int i = 0; i < 12; i++) each(At::ql + i, 16 * (i / 3) + 5 * (i % 3), 1, 5);
    each(At::extra, 15, 16, 4);
  }
};

}  // namespace
}  // namespace halftone
