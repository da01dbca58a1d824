// Inputs of products as 16-bit integers: each row is rounded by runs of 32 columns, to a whole number of -16383 to 16383 times a scale.
#pragma once

#include "unpack.hpp"

namespace halftone {
namespace {

/** 256 columns of an input row. */
template <class Lanes>
struct alignas(64) InputBlock {
  /** The rounded numbers, in the order of order.hpp. */
  int16_t words[SUPER_BLOCK];
  /** Per run: what a rounded number is worth. */
  float scales[Grouping<Lanes, 8>::floats];
  /** The sums of the rounded numbers of 32 and of 16 columns, times the scale: what the offset of weights is multiplied with. */
  float sums32[Grouping<Lanes, 8>::floats];
  float sums16[Grouping<Lanes, 16>::floats];
};

/** Columns, rounded up to whole super-blocks. */
constexpr size_t superBlocksOf(size_t columns) { return (columns + SUPER_BLOCK - 1) / SUPER_BLOCK; }

/** What is made of 32 numbers. */
struct RoundedRun {
  int32_t numbers[RUN];
  float scale;
};

/** A run with an infinity or NaN gets the scale NaN, and so do the products with it. */
inline RoundedRun roundRun(const float* input) {
  // Magnitudes rise as their bits do, those of infinity and NaN too.
  uint32_t largest = 0;
  for (int i = 0; i < RUN; i++) {
    const uint32_t magnitude = bitsOf(input[i]) & 0x7fffffff;
    largest = magnitude > largest ? magnitude : largest;
  }
  if (largest >= 0x7f800000) return {{}, floatOf(0x7fc00000)};
  // What is smaller has no inverse that is a float.
  if (largest < bitsOf(0x1p-100f)) return {{}, 0};
  RoundedRun rounded;
  rounded.scale = floatOf(largest) / LARGEST_INPUT;
  const float inverse = LARGEST_INPUT / floatOf(largest);
  for (int i = 0; i < RUN; i++) rounded.numbers[i] = (int32_t)(input[i] * inverse + ROUND_TO_WHOLE - ROUND_TO_WHOLE);
  return rounded;
}

/** Put a run into its block. */
template <class Lanes>
void placeRun(const RoundedRun& rounded, int run, InputBlock<Lanes>& block) {
  int sums[2] = {};
  for (int half = 0; half < 2; half++) {
    const int32_t* numbers = rounded.numbers + 16 * half;
    for (int i = 0; i < 16; i++) sums[half] += numbers[i];
    for (int parity = 0; parity < 2; parity++) {
      int16_t* words = block.words + placeOfColumn<Lanes>(RUN * run + 16 * half + parity);
      for (int i = 0; i < 8; i++) words[i] = (int16_t)numbers[2 * i + parity];
    }
    block.sums16[Grouping<Lanes, 16>::placeOf(2 * run + half)] = rounded.scale * (float)sums[half];
  }
  block.scales[Grouping<Lanes, 8>::placeOf(run)] = rounded.scale;
  block.sums32[Grouping<Lanes, 8>::placeOf(run)] = rounded.scale * (float)(sums[0] + sums[1]);
}

/** Round a row of `columns` numbers, a multiple of 32; `at(i)` is its block i, of which what is missing in the last one is zero. */
template <class Lanes, class At>
void roundRow(const float* input, size_t columns, At at) {
  for (size_t first = 0; first < columns; first += SUPER_BLOCK) {
    InputBlock<Lanes>& block = at(first / SUPER_BLOCK);
    // Also what is between the groups, when they do not fill a vector.
    if (columns - first < SUPER_BLOCK || Grouping<Lanes, 8>::floats > RUNS) block = {};
    for (int run = 0; run < RUNS && first + (size_t)run * RUN < columns; run++) {
      placeRun<Lanes>(roundRun(input + first + (size_t)run * RUN), run, block);
    }
  }
}

}  // namespace
}  // namespace halftone
