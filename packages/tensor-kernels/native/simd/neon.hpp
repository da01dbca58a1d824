// Four lanes with NEON.
#pragma once

#include <arm_neon.h>

#include "lanes.hpp"

namespace halftone {
namespace {

struct Lanes : Vectors<4> {
  /** `table[index]` for each lane; each index is within the table. Sixteen entries lie in four registers. */
  template <int Count>
  static Float lookUp(const float (&table)[Count], Int index) {
    if constexpr (Count == 8) {
      return (Float)vqtbl2q_u8({{registerAt(table), registerAt(table + 4)}}, bytePlaces(index));
    } else if constexpr (Count <= MAX_ENTRIES) {
      const uint8x16_t places = bytePlaces(index);
      uint8x16_t found = vqtbl4q_u8(registersAt(table), places);
      // A byte whose place lies beyond these registers stays as it is. So does one before them: its place wraps to one beyond.
      for (int entry = 16; entry < Count; entry += 16)
        found = vqtbx4q_u8(found, registersAt(table + entry), places - (uint8_t)(4 * entry));
      return (Float)found;
    } else {
      return lookUpEach<Lanes>(table, index);
    }
  }

  static Int shiftLeft(Int value, Int counts) { return value << counts; }
  /** Sixteen bytes, the same in every part. */
  static Words loadEverywhere(const uint8_t* bytes) { return load<Words>(bytes); }
  static Words shuffleBytes(Words table, Words places) {
    return (Words)vqtbl1q_u8((uint8x16_t)table, (uint8x16_t)places);
  }
  static Words multiplyFractions(Words a, Words b) { return (Words)vqrdmulhq_s16((int16x8_t)a, (int16x8_t)b); }

  /** How many rows of input have their sums for two vectors of weight rows in registers. */
  static constexpr int tileInputs = 6;

  static Float convertHalves(const uint8_t* from) {
    return (Float)vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16((const uint16_t*)from)));
  }

  /** Products stay apart until the end, when neighbours are added: two instructions for eight products, not four. */
  struct PairSums {
    int32x4_t low = {};
    int32x4_t high = {};
  };
  static PairSums addPairs(PairSums sums, Words a, Words b) {
    const int16x8_t x = (int16x8_t)a;
    const int16x8_t y = (int16x8_t)b;
    return {vmlal_s16(sums.low, vget_low_s16(x), vget_low_s16(y)), vmlal_high_s16(sums.high, x, y)};
  }
  static Int total(PairSums sums) { return (Int)vpaddq_s32(sums.low, sums.high); }

 private:
  /** As many as a byte counts the bytes of. */
  static constexpr int MAX_ENTRIES = 64;

  /** Where in the table each byte of each lane stands: four neighbours for the four bytes of a number. */
  static uint8x16_t bytePlaces(Int index) {
    return (uint8x16_t)((uint32x4_t)index * 0x04040404u + 0x03020100u);
  }

  static uint8x16_t registerAt(const float* table) { return vreinterpretq_u8_f32(vld1q_f32(table)); }
  static uint8x16x4_t registersAt(const float* table) {
    return {{registerAt(table), registerAt(table + 4), registerAt(table + 8), registerAt(table + 12)}};
  }
};

}  // namespace
}  // namespace halftone
