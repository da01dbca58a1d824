// binary16 and bfloat16, bit for bit as packages/quant-formats/src/numeric has them.
#pragma once

#include <stdint.h>

namespace halftone {
namespace {

constexpr float MAX_F32 = 3.40282346638528859811704183484516925e38f;
constexpr float MAX_F16 = 65504.0f;
/** Adding and subtracting 1.5 * 2^23 rounds a float of magnitude below 2^22 to a whole number, ties to even. */
constexpr float ROUND_TO_WHOLE = 12582912.0f;

inline uint32_t bitsOf(float value) { return __builtin_bit_cast(uint32_t, value); }
inline float floatOf(uint32_t bits) { return __builtin_bit_cast(float, bits); }
inline float magnitudeOf(float value) { return floatOf(bitsOf(value) & 0x7fffffff); }

template <class Number>
inline Number read(const uint8_t* bytes) {
  Number number;
  __builtin_memcpy(&number, bytes, sizeof number);
  return number;
}

template <class Number>
inline void write(uint8_t* bytes, Number number) {
  __builtin_memcpy(bytes, &number, sizeof number);
}

/**
 * Exact. Scales of trained weights are often below the normal numbers of binary16, which are whole multiples of 2^-24; arithmetic on
 * what would be no normal float either costs a hundred cycles on some processors.
 */
inline float f16ToF32(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  const uint32_t magnitude = half & 0x7fff;
  if (magnitude > 0x7c00) return floatOf(0x7fc00000);
  if (magnitude == 0x7c00) return floatOf(sign | 0x7f800000);
  if (magnitude < 0x400) return floatOf(sign | bitsOf((float)(int)magnitude * 0x1p-24f));
  return floatOf(sign | (magnitude + (112u << 10)) << 13);
}

/** Ties to even; a finite number beyond the range becomes the largest one of its sign. */
inline uint16_t f32ToFiniteF16(float value) {
  const uint32_t word = bitsOf(value);
  const uint16_t sign = (uint16_t)(word >> 16 & 0x8000);
  const uint32_t magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude == 0x7f800000) return sign | 0x7c00;
  if (magnitude > bitsOf(MAX_F16)) return sign | 0x7bff;
  if (magnitude < bitsOf(0x1p-14f)) {
    const float rounded = floatOf(magnitude) * 0x1p24f + ROUND_TO_WHOLE - ROUND_TO_WHOLE;
    return (uint16_t)(sign | (uint16_t)rounded);
  }
  const uint32_t tiesToEven = 0xfff + (word >> 13 & 1);
  return (uint16_t)(sign | (magnitude - (112u << 23) + tiesToEven) >> 13);
}

/** Ties to even; a NaN becomes quiet; a finite number beyond the range becomes the largest one of its sign. */
inline uint16_t f32BitsToFiniteBf16(uint32_t word) {
  const uint32_t magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return (uint16_t)(word >> 16 | 0x40);
  if (magnitude >= 0x7f7f8000 && magnitude < 0x7f800000) return (uint16_t)((word >> 16 & 0x8000) | 0x7f7f);
  return (uint16_t)((word + 0x7fff + (word >> 16 & 1)) >> 16);
}

}  // namespace
}  // namespace halftone
