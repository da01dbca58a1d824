// Digits of base 3, five in a byte: packages/quant-formats/src/packing/trits.ts tells how.
#pragma once

#include <stdint.h>

#include "../rows.hpp"
#include "../search/ternary.hpp"

namespace halftone {
namespace {

/** Digit `place` of `byte`, 0 to 2, counted from the most significant of five. */
inline int tritAt(uint8_t byte, int place) {
  constexpr int powers[] = {1, 3, 9, 27, 81};
  return (byte * powers[place] & 255) * 3 >> 8;
}

/** The byte whose five digits make up `number`. */
inline uint8_t tritsByte(int number) {
  constexpr int numbers = 243;
  return (uint8_t)((number * 256 + numbers - 1) / numbers);
}

/** Formats whose digits stand in runs of bytes, neighbours in neighbouring bytes: `tritRuns` of the twin. */
template <class Format, class Description>
struct TritRuns : Description {
  static constexpr int groupLength = 32;

  template <class>
  using Encoder = TernaryEncoder<Format>;

  static void pack(const uint8_t* digits, uint8_t* out) {
    eachByte([&](int byte, int first, int step, int count) {
      int number = 0;
      for (int n = 0; n < 5; n++) number = 3 * number + (n < count ? digits[first + n * step] : 0);
      out[byte] = tritsByte(number);
    });
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    const float d = f16ToF32(read<uint16_t>(bytes + Description::At::d));
    for (int group = 0; group < Description::blockLength / groupLength; group++) out.scales[group] = d;
    eachByte([&](int byte, int first, int step, int count) {
      for (int n = 0; n < count; n++) out.values[first + n * step] = (int8_t)(tritAt(bytes[byte], n) - 1);
    });
  }

 private:
  /** `each(byte, first, step, count)`: the place of its first weight, how far apart they are, and how many it has. */
  template <class Each>
  static void eachByte(Each each) {
    constexpr int length = Description::blockLength;
    for (int i = 0; i < length / 8; i++) each(Description::At::qs + i, i, length / 8, 5);
    for (int i = 0; i < length / 16; i++) each(Description::At::qs + length / 8 + i, length / 8 * 5 + i, length / 16, 5);
    for (int i = 0; i < length / 64; i++) each(Description::At::qh + i, length / 16 * 15 + i, length / 64, 4);
  }
};

}  // namespace
}  // namespace halftone
