// How weights become codes where a block has a minimum besides its scale. packages/quant-formats/src/search/affine/index.ts explains
// the method; here a SIMD lane takes a block.
#pragma once

#include "../load.hpp"
#include "super_scales.hpp"

namespace halftone {
namespace {

/** Normalize a group, find the least and the greatest value of each block, and weigh the values. */
template <class Lanes, class Description>
void weighAffineGroup(AffineWorkspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  const size_t first = group * Description::blockLength;
  Float* values = work.values + first;
  Float least = values[0] * work.factors[group];
  Float greatest = least;
  Float weight[2] = {};
  Float valueSum[2] = {};
  Float square[2] = {};
  for (int i = 0; i < Description::blockLength; i++) {
    const Float value = values[i] * work.factors[group];
    const Float errorWeight = work.errorWeights[first + i];
    const Float weighted = errorWeight * value;
    least = value < least ? value : least;
    greatest = value > greatest ? value : greatest;
    weight[i % 2] += errorWeight;
    valueSum[i % 2] += weighted;
    square[i % 2] += weighted * value;
    values[i] = value;
    work.weightedValues[first + i] = weighted;
  }
  if constexpr (Description::hasMultipliers) least = least < 0.0f ? least : Float{};
  work.least[group] = least;
  work.greatest[group] = greatest;
  work.weightSums[group] = weight[0] + weight[1];
  work.valueSums[group] = valueSum[0] + valueSum[1];
  work.squareSums[group] = square[0] + square[1];
}

/** Put the least and the greatest weight of each block at each pair of places, and keep the sums of the codes. */
template <class Lanes, class Description>
void probeAffineGroup(AffineWorkspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  const auto ignore = [](int, Float) {};
  const Float smallest = work.factors[group] * Description::smallestSuperScale;
  const Float span = work.greatest[group] - work.least[group];
  for (int place = 0; place < work.probesPerBlock; place++) {
    const float first = Description::leastPlaces[place];
    const Float free = span / (Description::greatestPlaces[place] - first);
    const Float scale = free > smallest ? free : smallest;
    const Float minimum = first * scale - work.least[group];
    const auto rough = fitAffine<!Description::hasMultipliers>(codeAffine(work, group, {scale, minimum}, ignore));
    const size_t probe = group * work.probesPerBlock + place;
    work.probes[probe] = codeAffine(work, group, rough, ignore);
    work.probeFits[probe] = fitAffine<!Description::hasMultipliers>(work.probes[probe]);
  }
}

/** Choose all codes under the chosen numbers, and leave their sums in the workspace, times the multipliers. */
template <class Lanes, class Description>
void codeAffineGroup(AffineWorkspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  const auto [ofScale, ofMinimum] = work.multipliers[group];
  const auto [superScale, superMinimum] = work.superNumbers[group];
  uint8_t* codes = work.codesByLane + group * Description::blockLength * Lanes::width;
  const auto sums = codeAffine(work, group, {superScale * ofScale, superMinimum * ofMinimum}, [&](int i, Float code) {
    store(codes + i * Lanes::width, __builtin_convertvector(truncate<Lanes>(code), typename Lanes::Bytes));
  });
  work.sums[group] = {ofScale * ofScale * sums.codeCode, ofScale * ofMinimum * sums.code,
                      ofMinimum * ofMinimum * sums.weight, ofScale * sums.weightCode, ofMinimum * sums.value};
}

/** The sums of `count` blocks from `first` on, one after another. */
template <class Lanes, class Description>
AffineSums<float> sumBlocks(const AffineWorkspace<Lanes, Description>& work, size_t first, size_t count, float& squareSum) {
  AffineSums<float> total = {};
  squareSum = 0;
  for (size_t block = first; block < first + count; block++) {
    const auto& sums = work.sums[block / Lanes::width];
    const int lane = (int)(block % Lanes::width);
    total.codeCode += sums.codeCode[lane];
    total.code += sums.code[lane];
    total.weight += sums.weight[lane];
    total.weightCode += sums.weightCode[lane];
    total.value += sums.value[lane];
    squareSum += work.each(work.squareSums)[block];
  }
  return total;
}

/** Code all blocks, then make the best numbers for their codes those of the blocks; the last time, larger by what they shrank. */
template <class Lanes, class Description>
void codeAndFitAffine(AffineWorkspace<Lanes, Description>& work, bool isLast) {
  using Float = typename Lanes::Float;
  for (size_t group = 0; group < work.groups; group++) codeAffineGroup(work, group);
  eachRun(work, [&](size_t first, size_t count) {
    float squareSum;
    const AffineSums<float> sums = sumBlocks(work, first, count, squareSum);
    const AffineFit<float> fit = fitAffine<!Description::hasMultipliers>(sums);
    const float explained = squareSum == 0 ? 1 : affineGain(sums, fit) / squareSum;
    const float growth = 1 + Description::growth * (1 - explained);
    const float factor = work.each(work.factors)[first];
    const float scale = isLast ? storedSuperScale<Description>(fit.scale * growth, factor) : fit.scale;
    const float minimum = isLast ? storedSuperScale<Description>(fit.minimum * growth, factor) : fit.minimum;
    setSuperNumber(work, &AffineFit<Float>::scale, first, count, scale);
    setSuperNumber(work, &AffineFit<Float>::minimum, first, count, minimum);
  });
}

/** As that of ../search.hpp: the super numbers are left still times the factors. */
template <class Lanes, class Description>
void searchBlocks(AffineWorkspace<Lanes, Description>& work, const float* weights, size_t blocks,
                  const typename Lanes::Float* errorWeights) {
  constexpr int length = Description::blockLength;
  work.start(blocks);
  work.errorWeights = errorWeights;
  findFactors(work, weights);
  for (size_t group = 0; group < work.groups; group++) {
    const size_t first = group * Lanes::width;
    transposeBlocks<Lanes, length>(weights + first * length, blocks - first, work.values + group * length);
    weighAffineGroup(work, group);
    probeAffineGroup(work, group);
  }
  if constexpr (Description::hasMultipliers) {
    chooseSuperNumbers(work);
  } else {
    chooseNumbersOfBlocks(work);
  }
  codeAndFitAffine(work, false);
  codeAndFitAffine(work, true);
  gatherCodes<Lanes, length>(work);
}

}  // namespace
}  // namespace halftone
