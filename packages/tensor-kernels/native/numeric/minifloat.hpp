// Floats of 4 and 8 bits, as packages/quant-formats/src/codebooks has them in e2m1.ts and ue4m3.ts.
#pragma once

#include <stdint.h>

#include "half.hpp"

namespace halftone {
namespace {

/** The values of the sixteen floats of one sign, two exponent and one mantissa bits (E2M1), doubled to be whole. */
constexpr int8_t E2M1_DOUBLED[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

/** The codes 1 to this one of floats of four exponent and three mantissa bits (E4M3) without a sign stand for rising numbers above zero. */
constexpr int LARGEST_UE4M3 = 0x7e;

/** Half of the number that such a float stands for. The code after the largest one means zero, and the highest bit does not count. */
constexpr float halvedUe4m3(int code) {
  if (code == LARGEST_UE4M3 + 1) return 0;
  const int exponent = code >> 3 & 15;
  const float mantissa = (float)(code & 7) / 8;
  const float scaled = exponent == 0 ? 2 * mantissa : 1 + mantissa;
  return scaled * __builtin_bit_cast(float, (uint32_t)(exponent - 8 + 127) << 23);
}

/** Half of the numbers of all codes. */
struct HalvedUe4m3 {
  float of[256];
};
constexpr HalvedUe4m3 makeHalvedUe4m3() {
  HalvedUe4m3 made = {};
  for (int code = 0; code < 256; code++) made.of[code] = halvedUe4m3(code);
  return made;
}
constexpr HalvedUe4m3 UE4M3_HALVED = makeHalvedUe4m3();

/** `2^(exponent - 128)`, half of what an exponent of 8 bits stands for, which the doubled E2M1 are multiplied by. */
constexpr float halvedE8m0(int exponent) {
  return __builtin_bit_cast(float, exponent < 2 ? 0x00200000u << exponent : (uint32_t)(exponent - 1) << 23);
}

}  // namespace
}  // namespace halftone
