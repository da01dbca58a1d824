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

/** Round a run of 32 numbers. A run with an infinity or NaN gets the scale NaN, and so do the products with it. */
template <class Lanes>
void roundRun(const float* input, int run, InputBlock<Lanes>& block) {
  // Magnitudes rise as their bits do, those of infinity and NaN too.
  uint32_t largest = 0;
  for (int i = 0; i < RUN; i++) {
    const uint32_t magnitude = bitsOf(input[i]) & 0x7fffffff;
    largest = magnitude > largest ? magnitude : largest;
  }
  const bool isFinite = largest < 0x7f800000;
  // What is smaller has no inverse that is a float.
  const bool isZero = largest < bitsOf(0x1p-100f);
  const float scale = isFinite ? isZero ? 0 : floatOf(largest) / LARGEST_INPUT : floatOf(0x7fc00000);
  const float inverse = isFinite && !isZero ? LARGEST_INPUT / floatOf(largest) : 0;
  int32_t rounded[RUN];
  for (int i = 0; i < RUN; i++) {
    const float target = isFinite ? input[i] * inverse : 0;
    rounded[i] = (int32_t)(target + ROUND_TO_WHOLE - ROUND_TO_WHOLE);
  }
  int sums[2] = {};
  for (int i = 0; i < RUN; i++) {
    block.words[placeOfColumn<Lanes>(RUN * run + i)] = (int16_t)rounded[i];
    sums[i / 16] += rounded[i];
  }
  block.scales[Grouping<Lanes, 8>::placeOf(run)] = scale;
  block.sums32[Grouping<Lanes, 8>::placeOf(run)] = scale * (float)(sums[0] + sums[1]);
  block.sums16[Grouping<Lanes, 16>::placeOf(2 * run)] = scale * (float)sums[0];
  block.sums16[Grouping<Lanes, 16>::placeOf(2 * run + 1)] = scale * (float)sums[1];
}

/** Round a row of `columns` numbers, a multiple of 32; what is missing in the last block is zero. */
template <class Lanes>
void roundRow(const float* input, size_t columns, InputBlock<Lanes>* blocks) {
  __builtin_memset(blocks, 0, superBlocksOf(columns) * sizeof(InputBlock<Lanes>));
  for (size_t run = 0; run < columns / RUN; run++) {
    roundRun<Lanes>(input + run * RUN, (int)(run % RUNS), blocks[run / RUNS]);
  }
}

}  // namespace
}  // namespace halftone
