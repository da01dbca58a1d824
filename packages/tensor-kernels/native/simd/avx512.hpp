// Sixteen lanes with AVX-512 (F, BW, DQ, VL).
#pragma once

#include <immintrin.h>

#include "lanes.hpp"

namespace halftone {
namespace {

struct Lanes : Vectors<16> {
  /** `table[index]` for each lane; each index is within the table. 32 entries lie in two registers. */
  template <int Count>
  static Float lookUp(const float (&table)[Count], Int index) {
    return lookUpFrom<Count>(table, (__m512i)index);
  }

  static Int shiftLeft(Int value, Int counts) { return value << counts; }
  /** Sixteen bytes, the same in every part. */
  static Words loadEverywhere(const uint8_t* bytes) { return (Words)_mm512_maskz_broadcast_i32x4(0xffff, _mm_loadu_si128((const __m128i*)bytes)); }
  static Words shuffleBytes(Words table, Words places) {
    return (Words)_mm512_shuffle_epi8((__m512i)table, (__m512i)places);
  }
  /** `table[word]` for each word, of which the lowest six bits count. */
  static Words lookUpWords(const int16_t (&table)[64], Words words) {
    return (Words)_mm512_permutex2var_epi16(_mm512_load_si512(table), (__m512i)words, _mm512_load_si512(table + 32));
  }
  /** The lowest bit of each word; that of the first word is the lowest one. */
  static uint32_t lowestBits(Words words) { return _mm512_test_epi16_mask((__m512i)words, _mm512_set1_epi16(1)); }
  static Words multiplyFractions(Words a, Words b) { return (Words)_mm512_mulhrs_epi16((__m512i)a, (__m512i)b); }

  /** Bytes with their signs. The conversion of vectors does it by halves. */
  static SignedWords widen(const int8_t* bytes) {
    return (SignedWords)_mm512_maskz_cvtepi8_epi16(~0u, _mm256_loadu_si256((const __m256i*)bytes));
  }
  /** Numbers of 16 bits without a sign. The conversion of vectors does it by halves. */
  static Int widenHalves(const uint8_t* from) {
    return (Int)_mm512_maskz_cvtepu16_epi32(0xffff, _mm256_loadu_si256((const __m256i*)from));
  }
  static int32_t leastOf(Int numbers) {
    const auto take = [&](Int others) { numbers = others < numbers ? others : numbers; };
    take(__builtin_shufflevector(numbers, numbers, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    take(__builtin_shufflevector(numbers, numbers, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
    take(__builtin_shufflevector(numbers, numbers, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
    take(__builtin_shufflevector(numbers, numbers, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
    return numbers[0];
  }

  /** Where a number is less than the least so far, it and its place take over. */
  static void keepLess(Int number, int place, Int& least, Int& places) {
    const __mmask16 isLess = _mm512_cmplt_epi32_mask((__m512i)number, (__m512i)least);
    least = (Int)_mm512_mask_mov_epi32((__m512i)least, isLess, (__m512i)number);
    places = (Int)_mm512_mask_set1_epi32((__m512i)places, isLess, place);
  }
  /** The only lane that holds -1; -1 where there are more. The others hold 0. */
  static int onlyLane(Int lanes) {
    const uint32_t mask = _mm512_movepi32_mask((__m512i)lanes);
    return (mask & (mask - 1)) == 0 ? __builtin_ctz(mask) : -1;
  }

  /** The first lane that has the least number; none is NaN. */
  static int placeOfLeast(Float numbers) {
    Float least = numbers;
    const auto take = [&](Float others) { least = others < least ? others : least; };
    take(__builtin_shufflevector(least, least, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    take(__builtin_shufflevector(least, least, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
    take(__builtin_shufflevector(least, least, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
    take(__builtin_shufflevector(least, least, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
    return __builtin_ctz(_mm512_cmp_ps_mask((__m512)numbers, (__m512)least, _CMP_EQ_OQ));
  }

  /** How many rows of input have their sums for two vectors of weight rows in registers, as integers and as floats. */
  static constexpr int tileInputs = 6;

  static Float convertBytes(const void* from) {
    return _mm512_maskz_cvtepi32_ps(0xffff, _mm512_maskz_cvtepi8_epi32(0xffff, _mm_loadu_si128((const __m128i*)from)));
  }
  static Float convertHalves(const uint8_t* from) {
    return _mm512_maskz_cvtph_ps(0xffff, _mm256_loadu_si256((const __m256i*)from));
  }

  using PairSums = Int;
  static PairSums addPairs(PairSums sums, Words a, Words b) {
    return (Int)_mm512_dpwssd_epi32((__m512i)sums, (__m512i)a, (__m512i)b);
  }
  static Int total(PairSums sums) { return sums; }
  /** To each lane, the products of the four bytes of `a`, which have no sign, with those of `b`, which have one. */
  static Int addQuads(Int sums, Words a, Words b) { return (Int)_mm512_dpbusd_epi32((__m512i)sums, (__m512i)a, (__m512i)b); }

 private:
  template <int Count>
  static __m512 lookUpFrom(const float* table, __m512i index) {
    if constexpr (Count <= 16) {
      // Every lane is wanted; the form without a mask makes GCC 12 warn of its own header.
      return _mm512_maskz_permutexvar_ps(0xffff, index, _mm512_load_ps(table));
    } else if constexpr (Count == 32) {
      return _mm512_permutex2var_ps(_mm512_load_ps(table), index, _mm512_load_ps(table + 16));
    } else {
      constexpr int half = Count / 2;
      const __mmask16 isUpper = _mm512_test_epi32_mask(index, _mm512_set1_epi32(half));
      return _mm512_mask_blend_ps(isUpper, lookUpFrom<half>(table, index), lookUpFrom<half>(table + half, index));
    }
  }
};

}  // namespace
}  // namespace halftone
