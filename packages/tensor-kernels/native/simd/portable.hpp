// Four lanes for every machine: SSE2 on x86-64, NEON on ARM, simd128 in WebAssembly, plain code elsewhere.
#pragma once

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "lanes.hpp"

namespace halftone {
namespace {

struct Lanes : Vectors<4> {
  /** `table[index]` for each lane; each index is within the table. */
  template <int Count>
  static Float lookUp(const float (&table)[Count], Int index) {
    return lookUpEach<Lanes>(table, index);
  }

  /** There is no shift by counts of lanes, but there are products. */
  static Int shiftLeft(Int value, Int counts) {
    return value * (Int)truncate<Lanes>((Float)((counts + 127) << 23));
  }
  /** Sixteen bytes, the same in every part. */
  static Words loadEverywhere(const uint8_t* bytes) { return load<Words>(bytes); }
  static Words shuffleBytes(Words table, Words places) {
#if defined(__wasm_simd128__)
    return (Words)wasm_i8x16_swizzle((v128_t)table, (v128_t)places);
#else
    uint8_t from[16];
    uint8_t to[16];
    store(from, table);
    store(to, places);
    for (uint8_t& byte : to) byte = byte < 16 ? from[byte] : 0;
    return load<Words>(to);
#endif
  }

  static Words multiplyFractions(Words a, Words b) {
#if defined(__wasm_simd128__)
    return (Words)wasm_i16x8_q15mulr_sat((v128_t)a, (v128_t)b);
#else
    Words result;
    for (int i = 0; i < 2 * width; i++) result[i] = (uint16_t)(((int16_t)a[i] * (int16_t)b[i] + (1 << 14)) >> 15);
    return result;
#endif
  }

  /** How many rows of input have their sums for two vectors of weight rows in registers. */
  static constexpr int tileInputs = 4;

  using PairSums = Int;
  static PairSums addPairs(PairSums sums, Words a, Words b) {
#if defined(__wasm_simd128__)
    return sums + (Int)wasm_i32x4_dot_i16x8((v128_t)a, (v128_t)b);
#elif defined(__SSE2__)
    return sums + (Int)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
    for (int i = 0; i < width; i++) {
      sums[i] += (int16_t)a[2 * i] * (int16_t)b[2 * i] + (int16_t)a[2 * i + 1] * (int16_t)b[2 * i + 1];
    }
    return sums;
#endif
  }
  static Int total(PairSums sums) { return sums; }
};

}  // namespace
}  // namespace halftone
