// Inputs of products as 16-bit integers: each row is rounded by super-blocks, to whole numbers of -16383 to 16383 times a scale.
#pragma once

#include "unpack.hpp"

namespace halftone {
namespace {

/** 256 columns of an input row. */
template <class Lanes>
struct alignas(64) InputBlock {
  /** The rounded numbers, in the order of order.hpp. */
  int16_t words[SUPER_BLOCK];
  /** The sums of the rounded numbers of 32 and of 16 columns: what the offsets of weights are multiplied with. */
  float sums32[Grouping<Lanes, 8>::floats];
  float sums16[Grouping<Lanes, 16>::floats];
  /** What a rounded number is worth. */
  float scale;
};

/** Columns, rounded up to whole super-blocks. */
constexpr size_t superBlocksOf(size_t columns) { return (columns + SUPER_BLOCK - 1) / SUPER_BLOCK; }

/** How the numbers of a super-block are rounded: to the nearest whole number after they were multiplied with `inverse`. */
struct Rounding {
  float scale;
  float inverse;
};

/** Of `length` numbers to at most `greatest`. With an infinity or NaN among them the scale is NaN, and so are the products. */
inline Rounding roundingOf(const float* input, size_t length, int greatest) {
  // Magnitudes rise as their bits do, those of infinity and NaN too.
  uint32_t largest = 0;
  for (size_t i = 0; i < length; i++) {
    const uint32_t magnitude = bitsOf(input[i]) & 0x7fffffff;
    largest = magnitude > largest ? magnitude : largest;
  }
  if (largest >= 0x7f800000) return {floatOf(0x7fc00000), 0};
  // What is smaller has no inverse that is a float.
  if (largest < bitsOf(0x1p-100f)) return {0, 0};
  return {floatOf(largest) / (float)greatest, (float)greatest / floatOf(largest)};
}

/** Round a run of 32 numbers and put it into its block. */
template <class Lanes>
void placeRun(const float* input, float inverse, int run, InputBlock<Lanes>& block) {
  int sums[2] = {};
  for (int half = 0; half < 2; half++) {
    int numbers[RUN / 2];
    for (int i = 0; i < RUN / 2; i++) {
      numbers[i] = (int)(input[RUN / 2 * half + i] * inverse + ROUND_TO_WHOLE - ROUND_TO_WHOLE);
      sums[half] += numbers[i];
    }
    for (int parity = 0; parity < 2; parity++) {
      int16_t* words = block.words + placeOfColumn<Lanes>(RUN * run + 16 * half + parity);
      for (int i = 0; i < 8; i++) words[i] = (int16_t)numbers[2 * i + parity];
    }
    block.sums16[Grouping<Lanes, 16>::placeOf(2 * run + half)] = (float)sums[half];
  }
  block.sums32[Grouping<Lanes, 8>::placeOf(run)] = (float)(sums[0] + sums[1]);
}

/** Round a row of `columns` numbers, a multiple of 32; `at(i)` is its block i, of which what is missing in the last one is zero. */
template <class Lanes, class At>
void roundRow(const float* input, size_t columns, At at) {
  for (size_t first = 0; first < columns; first += SUPER_BLOCK) {
    const size_t length = columns - first < SUPER_BLOCK ? columns - first : SUPER_BLOCK;
    InputBlock<Lanes>& block = at(first / SUPER_BLOCK);
    const Rounding rounding = roundingOf(input + first, length, LARGEST_INPUT);
    // Also what is between the groups, when they do not fill a vector.
    if (length < SUPER_BLOCK || rounding.inverse == 0 || Grouping<Lanes, 8>::floats > RUNS) block = {};
    block.scale = rounding.scale;
    if (rounding.inverse == 0) continue;
    for (int run = 0; run * RUN < (int)length; run++) placeRun<Lanes>(input + first + run * RUN, rounding.inverse, run, block);
  }
}

}  // namespace
}  // namespace halftone
