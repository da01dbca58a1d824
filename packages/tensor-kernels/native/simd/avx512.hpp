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
