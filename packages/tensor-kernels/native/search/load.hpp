// Brings weights and importance into lanes, normalized by powers of two: the twin of packages/quant-formats/src/search/weigh.ts.
#pragma once

#include "../numeric/half.hpp"
#include "workspace.hpp"

namespace halftone {
namespace {

/** What a weight counts at least, next to the one of the run that counts most. */
constexpr float LEAST_ERROR_WEIGHT = 0x1p-60f;

/** The largest magnitude among `values`. Magnitudes rise as their bits do, and whole numbers may be compared in any order. */
inline float largestMagnitude(const float* values, size_t length) {
  uint32_t largest = 0;
  for (size_t i = 0; i < length; i++) {
    const uint32_t magnitude = bitsOf(values[i]) & 0x7fffffff;
    largest = magnitude > largest ? magnitude : largest;
  }
  return floatOf(largest);
}

/** The signed bytes nearest to `values` by a scale of zero or more, `largest` at most: by quotients in doubles, as the twins take them. */
inline void quotientCodes(const float* values, size_t length, float scale, int largest, uint8_t* codes) {
  constexpr double roundToWhole = 0x1.8p52;
  for (size_t i = 0; i < length; i++) {
    const double code = scale == 0 ? 0 : (double)values[i] / scale + roundToWhole - roundToWhole;
    codes[i] = (uint8_t)(int8_t)(code < -largest ? -largest : code > largest ? largest : code);
  }
}

/** The power of two, from 2^-126 to 2^126, that brings `magnitude` into [1, 2) or as near to it as it can. */
inline float normalizer(float magnitude) {
  const int exponent = 254 - (int)(bitsOf(magnitude) >> 23);
  return floatOf((uint32_t)(exponent < 1 ? 1 : exponent > 253 ? 253 : exponent) << 23);
}

/** The normalizer of each block: that of its run. */
template <class Work>
void findFactors(const Work& work, const float* values) {
  float* factors = work.each(work.factors);
  eachRun(work, [&](size_t first, size_t count) {
    const float factor = normalizer(largestMagnitude(values + first * work.blockLength, count * work.blockLength));
    for (size_t block = first; block < first + count; block++) factors[block] = factor;
  });
  // Lanes that only pad must not divide by zero.
  for (size_t block = work.blocks; block % work.width != 0; block++) factors[block] = 1;
}

/** Put up to `Lanes::width` blocks of `Length` values side by side; lanes without a block get zeros. */
template <class Lanes, int Length>
void transposeBlocks(const float* from, size_t blocks, typename Lanes::Float* to) {
  float* lanes = (float*)to;
  for (size_t lane = 0; lane < Lanes::width; lane++) {
    for (int i = 0; i < Length; i++) lanes[i * Lanes::width + lane] = lane < blocks ? from[lane * Length + i] : 0;
  }
}

/**
 * What the square error of each weight counts, from the importance of the columns, or 1. Before the first search: the factors of
 * the workspace serve for those of the importance.
 */
template <class Lanes, class Work>
void loadErrorWeights(Work& work, const float* importance, size_t blocks, typename Lanes::Float* errorWeights) {
  using Float = typename Lanes::Float;
  constexpr int length = Work::blockLength;
  work.start(blocks);
  if (importance == nullptr) {
    for (size_t i = 0; i < work.groups * length; i++) errorWeights[i] = broadcast<Float>(1.0f);
    return;
  }
  findFactors(work, importance);
  for (size_t group = 0; group < work.groups; group++) {
    const size_t first = group * Lanes::width;
    Float* weights = errorWeights + group * length;
    transposeBlocks<Lanes, length>(importance + first * length, blocks - first, weights);
    for (int i = 0; i < length; i++) {
      const Float weight = weights[i] * work.factors[group];
      weights[i] = weight > LEAST_ERROR_WEIGHT ? weight : broadcast<Float>(LEAST_ERROR_WEIGHT);
    }
  }
}

/** What the square error of each weight of a run counts, one after another. */
inline void weighRun(const float* importance, size_t length, float* errorWeights) {
  const float factor = importance == nullptr ? 1 : normalizer(largestMagnitude(importance, length));
  for (size_t i = 0; i < length; i++) {
    const float weight = importance == nullptr ? 1 : importance[i] * factor;
    errorWeights[i] = weight > LEAST_ERROR_WEIGHT ? weight : LEAST_ERROR_WEIGHT;
  }
}

/** Bring the codes of each block together. */
template <class Lanes, int Length, class Work>
void gatherCodes(Work& work) {
  for (size_t block = 0; block < work.blocks; block++) {
    const uint8_t* lane = work.codesByLane + block / Lanes::width * Length * Lanes::width + block % Lanes::width;
    for (int i = 0; i < Length; i++) work.codes[block * Length + i] = lane[i * Lanes::width];
  }
}

/** Normalize a group, find the value of largest magnitude in each block (the first of equals), and weigh the values. */
template <class Lanes, class Description>
void weighGroup(Workspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  constexpr int length = Description::blockLength;
  Float* values = work.values + group * length;
  Float extreme = {};
  Float squareSum[2] = {};
  for (int i = 0; i < length; i++) {
    const Float value = values[i] * work.factors[group];
    const Float weighted = work.errorWeights[group * length + i] * value;
    extreme = magnitudeOf<Lanes>(value) > magnitudeOf<Lanes>(extreme) ? value : extreme;
    squareSum[i % 2] += weighted * value;
    values[i] = value;
    work.weightedValues[group * length + i] = weighted;
  }
  work.extremes[group] = extreme;
  work.squareSums[group] = squareSum[0] + squareSum[1];
}

/** Load blocks of weights into the workspace. */
template <class Lanes, class Description>
void loadBlocks(Workspace<Lanes, Description>& work, const float* weights, size_t blocks,
                const typename Lanes::Float* errorWeights) {
  constexpr int length = Description::blockLength;
  work.start(blocks);
  work.errorWeights = errorWeights;
  findFactors(work, weights);
  for (size_t group = 0; group < work.groups; group++) {
    const size_t first = group * Lanes::width;
    transposeBlocks<Lanes, length>(weights + first * length, blocks - first, work.values + group * length);
    weighGroup(work, group);
  }
}

}  // namespace
}  // namespace halftone
