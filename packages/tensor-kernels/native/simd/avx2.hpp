// Eight lanes with AVX2.
#pragma once

#include <immintrin.h>

#include "lanes.hpp"

namespace halftone {
namespace {

struct Lanes : Vectors<8> {
  /** `table[index]` for each lane; each index is within the table. Up to 32 entries lie in four registers. */
  template <int Count>
  static Float lookUp(const float (&table)[Count], Int index) {
    const __m256i lanes = (__m256i)index;
    if constexpr (Count == 8) {
      return _mm256_permutevar8x32_ps(_mm256_load_ps(table), lanes);
    } else if constexpr (Count <= 32) {
      // The bit of the index that tells the halves of this table apart becomes the sign, by which a blend chooses.
      constexpr int half = Count / 2;
      const __m256i bitAsSign = _mm256_slli_epi32(lanes, 31 - __builtin_ctz(half));
      return _mm256_blendv_ps(lookUp(lowerHalf(table), index), lookUp(upperHalf(table), index),
                              _mm256_castsi256_ps(bitAsSign));
    } else {
      return _mm256_i32gather_ps(table, lanes, 4);
    }
  }

  static Int shiftLeft(Int value, Int counts) { return value << counts; }
  /** Sixteen bytes, the same in every part. */
  static Words loadEverywhere(const uint8_t* bytes) { return (Words)_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i*)bytes)); }
  static Words shuffleBytes(Words table, Words places) {
    return (Words)_mm256_shuffle_epi8((__m256i)table, (__m256i)places);
  }
  static Words multiplyFractions(Words a, Words b) { return (Words)_mm256_mulhrs_epi16((__m256i)a, (__m256i)b); }

  /** How many rows of input have their sums for two vectors of weight rows in registers. */
  static constexpr int tileInputs = 6;

  static Float convertBytes(const void* from) { return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i*)from))); }

  static Int widenHalves(const uint8_t* from) { return (Int)_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i*)from)); }

#if defined(__F16C__)
  static Float convertHalves(const uint8_t* from) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i*)from)); }
#endif

  using PairSums = Int;
  static PairSums addPairs(PairSums sums, Words a, Words b) {
    return sums + (Int)_mm256_madd_epi16((__m256i)a, (__m256i)b);
  }
  static Int total(PairSums sums) { return sums; }

 private:
  template <int Count>
  static const float (&lowerHalf(const float (&table)[Count]))[Count / 2] {
    return reinterpret_cast<const float(&)[Count / 2]>(table);
  }
  template <int Count>
  static const float (&upperHalf(const float (&table)[Count]))[Count / 2] {
    return reinterpret_cast<const float(&)[Count / 2]>(table[Count / 2]);
  }
};

}  // namespace
}  // namespace halftone
