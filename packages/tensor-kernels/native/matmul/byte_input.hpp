// Inputs of products as bytes, for processors that multiply four pairs of bytes at once: each row is rounded by super-blocks, to whole
// numbers of -127 to 127 times a scale.
#pragma once

#include "input.hpp"

namespace halftone {
namespace {

/** 256 columns of an input row. */
struct alignas(64) ByteInput {
  /** The rounded numbers plus 128: one side of such products has no sign. In the order of columns. */
  uint8_t bytes[SUPER_BLOCK];
  /** The sums of the rounded numbers of 32 and of 16 columns: what the minima of weights are multiplied with. */
  float sums32[SUPER_BLOCK / 32];
  float sums16[SUPER_BLOCK / 16];
  /** What a rounded number is worth. */
  float scale;
};

constexpr int LARGEST_BYTE = 127;
constexpr int BYTE_ZERO = 128;

/** Round a run of 32 numbers and put it into its block. */
inline void placeByteRun(const float* input, float inverse, int run, ByteInput& block) {
  int numbers[RUN];
  for (int i = 0; i < RUN; i++) numbers[i] = (int)(input[i] * inverse + ROUND_TO_WHOLE - ROUND_TO_WHOLE);
  for (int i = 0; i < RUN; i++) block.bytes[RUN * run + i] = (uint8_t)(numbers[i] + BYTE_ZERO);
  int sums[2] = {};
  for (int half = 0; half < 2; half++) {
    for (int i = 0; i < RUN / 2; i++) sums[half] += numbers[RUN / 2 * half + i];
    block.sums16[2 * run + half] = (float)sums[half];
  }
  block.sums32[run] = (float)(sums[0] + sums[1]);
}

/** Round a row of `columns` numbers, a multiple of 32; `at(i)` is its block i, of which what is missing in the last one is zero. */
template <class At>
void roundRowToBytes(const float* input, size_t columns, At at) {
  for (size_t first = 0; first < columns; first += SUPER_BLOCK) {
    const size_t length = columns - first < SUPER_BLOCK ? columns - first : SUPER_BLOCK;
    const Rounding rounding = roundingOf(input + first, length, LARGEST_BYTE);
    ByteInput& block = at(first / SUPER_BLOCK);
    if (length < SUPER_BLOCK || rounding.inverse == 0) {
      block = {};
      __builtin_memset(block.bytes, BYTE_ZERO, sizeof block.bytes);
    }
    block.scale = rounding.scale;
    if (rounding.inverse == 0) continue;
    for (int run = 0; run * RUN < (int)length; run++) placeByteRun(input + first + run * RUN, rounding.inverse, run, block);
  }
}

}  // namespace
}  // namespace halftone
