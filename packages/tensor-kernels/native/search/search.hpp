// How weights become codes. packages/quant-formats/src/search/index.ts explains the method and what keeps two twins equal to the
// bit; here a SIMD lane takes a block.
#pragma once

#include "code_block.hpp"
#include "load.hpp"
#include "super_scale.hpp"

namespace halftone {
namespace {

/** A scale that is too small for the format becomes the smallest there is. */
template <class Lanes>
inline typename Lanes::Float awayFromZero(typename Lanes::Float scale, typename Lanes::Float smallest) {
  const auto magnitude = magnitudeOf<Lanes>(scale);
  const auto enough = magnitude > smallest ? magnitude : smallest;
  return scale < 0.0f ? -enough : enough;
}

/** Put the extreme weight of each block at each place of each variant of the codebook, and keep the parabola of the codes. */
template <class Lanes, class Description>
void probeGroup(Workspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  const size_t first = group * work.blockLength;
  const Blocks<Lanes> blocks = {work.values + first, work.errorWeights + first, work.weightedValues + first};
  const Float smallest = work.factors[group] * Description::smallestSuperScale;
  size_t probe = group * work.probesPerBlock;
  for (const float shift : Description::shifts) {
    for (const float place : Description::probes) {
      const Float scale = awayFromZero<Lanes>(work.extremes[group] / (place + shift), smallest);
      const auto sums = codeBlock<Lanes, Description>(blocks, scale, broadcast<Float>(shift));
      const Float best = sums.codeCode == 0.0f ? Float{} : sums.weightCode / sums.codeCode;
      work.probeScales[probe] = best;
      work.probeGains[probe] = sums.weightCode * best;
      work.probeCurvatures[probe] = sums.codeCode;
      probe++;
    }
  }
}

/** Choose all codes under the chosen scales, and leave their sums in the workspace. */
template <class Lanes, class Description>
void codeGroup(Workspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  const size_t first = group * work.blockLength;
  const Blocks<Lanes> blocks = {work.values + first, work.errorWeights + first, work.weightedValues + first};
  const Float multiplier = work.multipliers[group];
  Float shift = {};
  for (int variant = 0; variant < lengthOf(Description::shifts); variant++) {
    const Int isChosen = work.variants[group] == variant;
    shift = isChosen ? broadcast<Float>(Description::shifts[variant]) : shift;
  }
  const auto sums = codeBlock<Lanes, Description>(blocks, work.superScales[group] * multiplier, shift,
                                                  work.codesByLane + first * Lanes::width);
  work.weightCodes[group] = multiplier * sums.weightCode;
  work.codeCodes[group] = multiplier * multiplier * sums.codeCode;
}

/** The super scale of least error for the codes of a run, and which share of the square sum of the weights they explain. */
struct Fit {
  float best;
  float explained;
};

/** The fit of `count` blocks from `first` on, which share a super scale. */
template <class Lanes, class Description>
Fit fitRun(const Workspace<Lanes, Description>& work, size_t first, size_t count) {
  float weightCode = 0;
  float codeCode = 0;
  float squareSum = 0;
  for (size_t block = first; block < first + count; block++) {
    weightCode += work.each(work.weightCodes)[block];
    codeCode += work.each(work.codeCodes)[block];
    squareSum += work.each(work.squareSums)[block];
  }
  if (codeCode == 0 || squareSum == 0) return {work.each(work.superScales)[first], 1};
  const float best = weightCode / codeCode;
  return {best, weightCode * best / squareSum};
}

/** Code all blocks, then let `toSuperScale` make new super scales of the fits. */
template <class Lanes, class Description, class ToSuperScale>
void codeAndFit(Workspace<Lanes, Description>& work, ToSuperScale toSuperScale) {
  for (size_t group = 0; group < work.groups; group++) codeGroup(work, group);
  const size_t runLength = Description::hasMultipliers ? work.blocks : 1;
  for (size_t first = 0; first < work.blocks; first += runLength) {
    const float factor = work.each(work.factors)[first];
    const float superScale = storedSuperScale<Description>(toSuperScale(fitRun(work, first, runLength)), factor);
    for (size_t block = first; block < first + runLength; block++) work.each(work.superScales)[block] = superScale;
  }
}

/**
 * Search for the scales and codes of `blocks` blocks: one run, or where the format has no multipliers a run each. Leaves the
 * multipliers, variants, codes and super scales in the workspace, the super scales still times the factors.
 */
template <class Lanes, class Description>
void searchBlocks(Workspace<Lanes, Description>& work, const float* weights, size_t blocks,
                  const typename Lanes::Float* errorWeights) {
  loadBlocks(work, weights, blocks, errorWeights);
  for (size_t group = 0; group < work.groups; group++) probeGroup(work, group);
  if constexpr (Description::hasMultipliers) {
    chooseSuperScale(work);
  } else {
    chooseSuperScales(work);
  }
  codeAndFit(work, [](Fit fit) { return fit.best; });
  codeAndFit(work, [](Fit fit) { return fit.best * (1 + Description::growth * (1 - fit.explained)); });
  gatherCodes<Lanes, Description::blockLength>(work);
}

}  // namespace
}  // namespace halftone
