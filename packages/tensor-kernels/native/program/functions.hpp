// The functions of a model that no instruction computes, over vectors: exact enough for 32-bit floats, and the same on every machine
// but for what fused products round otherwise.
#pragma once

#include "../numeric/half.hpp"
#include "../simd/lanes.hpp"

namespace halftone {
namespace {

/**
 * e to the power of each lane, relative error below 2e-7; 0 for what is below the smallest normal number. NaN stays NaN.
 * exp(x) = 2^n exp(r) with r = x - n ln 2 in [-ln 2 / 2, ln 2 / 2], and exp(r) by its series to r^7, whose rest is below 4e-9.
 */
template <class Lanes>
inline typename Lanes::Float exponential(typename Lanes::Float x) {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  constexpr float LEAST = -87.3f;
  constexpr float GREATEST = 88.3f;
  // These comparisons leave NaN alone.
  const Float raised = x < LEAST ? broadcast<Float>(LEAST) : x;
  const Float bounded = raised > GREATEST ? broadcast<Float>(GREATEST) : raised;
  const Float shifted = bounded * 1.44269504088896341f + ROUND_TO_WHOLE;
  const Float n = shifted - ROUND_TO_WHOLE;
  const Float r = bounded - n * 0.693359375f - n * -2.12194440e-4f;
  Float series = r * (1.0f / 5040) + 1.0f / 720;
  series = series * r + 1.0f / 120;
  series = series * r + 1.0f / 24;
  series = series * r + 1.0f / 6;
  series = series * r + 0.5f;
  series = series * r + 1.0f;
  series = series * r + 1.0f;
  // The low bits of `shifted` are n; moved up, they are added to the exponent.
  const Float power = (Float)((((Int)shifted - (int32_t)bitsOf(ROUND_TO_WHOLE)) << 23) + (Int)broadcast<Float>(1.0f));
  const Float result = series * power;
  return x < LEAST ? broadcast<Float>(0.0f) : result;
}

/** x / (1 + exp(-x)) */
template <class Lanes>
inline typename Lanes::Float silu(typename Lanes::Float x) {
  return x / (exponential<Lanes>(-x) + 1.0f);
}

/** x / 2 (1 + tanh(z)) = x / (1 + exp(-2 z)) with z = sqrt(2 / pi) (x + 0.044715 x^3) */
template <class Lanes>
inline typename Lanes::Float gelu(typename Lanes::Float x) {
  const typename Lanes::Float twice = x * (x * x * 0.044715f + 1.0f) * 1.5957691216057308f;
  return x / (exponential<Lanes>(-twice) + 1.0f);
}

/**
 * Cosines and sines of `position * frequencies[i]`, times `magnitude`, exact to a float for angles below 2^29 quarter turns. Branches
 * would keep compilers from doing several at once.
 */
inline void turns(double position, const float* frequencies, size_t count, float magnitude, float* cosines, float* sines) {
  // Adding and subtracting 1.5 * 2^52 rounds a double to a whole number.
  constexpr double WHOLE = 6755399441055744.0;
  // pi / 2 in three parts: the first two have so few bits that their products with a count of quarter turns are exact.
  constexpr double PART1 = 1.570796251296997;
  constexpr double PART2 = 7.549789415861596e-08;
  constexpr double PART3 = 5.390302858158119e-15;
  for (size_t i = 0; i < count; i++) {
    const double angle = position * (double)frequencies[i];
    const double quarters = angle * 0.6366197723675814 + WHOLE - WHOLE;
    const double rest = angle - quarters * PART1 - quarters * PART2 - quarters * PART3;
    const double square = rest * rest;
    // Taylor series to the 13th and 14th power, on [-pi / 4, pi / 4].
    const double sine =
        rest + rest * square * (-1.0 / 6 + square * (1.0 / 120 + square * (-1.0 / 5040 + square * (1.0 / 362880 +
               square * (-1.0 / 39916800 + square * (1.0 / 6227020800.0))))));
    const double cosine = 1 - square * (0.5 - square * (1.0 / 24 - square * (1.0 / 720 - square * (1.0 / 40320 -
                          square * (1.0 / 3628800 - square * (1.0 / 479001600 - square * (1.0 / 87178291200.0)))))));
    // The quadrant, from -2 to 2.
    const double quadrant = quarters - 4 * (quarters * 0.25 + WHOLE - WHOLE);
    const double distance = quadrant < 0 ? -quadrant : quadrant;
    const double turnedCosine = distance == 1 ? sine : cosine;
    const double turnedSine = distance == 1 ? cosine : sine;
    const double cosineSign = distance == 2 || quadrant == 1 ? -1 : 1;
    const double sineSign = distance == 2 || quadrant == -1 ? -1 : 1;
    cosines[i] = (float)(cosineSign * turnedCosine) * magnitude;
    sines[i] = (float)(sineSign * turnedSine) * magnitude;
  }
}

}  // namespace
}  // namespace halftone
