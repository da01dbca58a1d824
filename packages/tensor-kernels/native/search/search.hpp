// How weights become codes. packages/quant-formats/src/search/index.ts explains the method and what keeps two twins equal to the
// bit; here a SIMD lane takes a block.
#pragma once

#include "code_block.hpp"
#include "grid.hpp"
#include "load.hpp"
#include "super_scale.hpp"
#include "trellis.hpp"

namespace halftone {
namespace {

/** A scale that is too small for the format becomes the smallest there is. */
template <class Lanes>
inline typename Lanes::Float awayFromZero(typename Lanes::Float scale, typename Lanes::Float smallest) {
  const auto magnitude = magnitudeOf<Lanes>(scale);
  const auto enough = magnitude > smallest ? magnitude : smallest;
  return scale < 0.0f ? -enough : enough;
}

template <class Lanes, class Description, bool IsGrid>
struct GroupCoderOf {
  using Type = TrellisGroups<Lanes, Description>;
};
template <class Lanes, class Description>
struct GroupCoderOf<Lanes, Description, true> {
  using Type = GridGroups<Lanes, Description>;
};

/** The blocks of a group of lanes. */
template <class Lanes, class Description>
Blocks<Lanes> blocksOf(const Workspace<Lanes, Description>& work, size_t group) {
  const size_t first = group * work.blockLength;
  const size_t left = work.blocks - group * Lanes::width;
  return {work.values + first, work.errorWeights + first, work.weightedValues + first,
          (int)(left < Lanes::width ? left : Lanes::width)};
}

/** Choose codes for a block at a scale, and take their sums, whatever has a code. Codes of groups go to `out`, if that is given. */
template <class Lanes, class Description>
[[gnu::noinline]] CodeSums<Lanes> codeGroups(Blocks<Lanes> blocks, typename Lanes::Float scale, typename Lanes::Float shift,
                                             const GroupCodes* out) {
  using Coder = typename GroupCoderOf<Lanes, Description, HasGrid<Description>>::Type;
  const GroupedCodes<Lanes, Description, Coder> codes(blocks, inverseOf<Lanes>(scale), shift, out);
  // The values have their shift in them.
  return sumCodes<Lanes, Description>(blocks, codes, typename Lanes::Float{});
}

/** The sums of the best codes at a scale. */
template <class Lanes, class Description>
inline CodeSums<Lanes> sumsAt(Blocks<Lanes> blocks, typename Lanes::Float scale, typename Lanes::Float shift) {
  if constexpr (Grouped<Description>) return codeGroups<Lanes, Description>(blocks, scale, shift, nullptr);
  else return codeBlock<Lanes, Description>(blocks, scale, shift);
}

/** Put the extreme weight of each block at each place of each variant of the codebook, and keep the parabola of the codes. */
template <class Lanes, class Description>
void probeGroup(Workspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  const Blocks<Lanes> blocks = blocksOf(work, group);
  // Where no multiplier is negative, no scale may be.
  constexpr bool isPositive = Description::hasMultipliers && Description::leastMultiplier >= 0;
  const Float extreme = isPositive ? magnitudeOf<Lanes>(work.extremes[group]) : work.extremes[group];
  const Float smallest = work.factors[group] * Description::smallestSuperScale;
  size_t probe = group * work.probesPerBlock;
  for (const float shift : Description::shifts) {
    for (const float place : Description::probes) {
      // What is added to a state leaves its numbers where they are.
      const float moved = HasTrellis<Description> ? place : place + shift;
      const Float scale = awayFromZero<Lanes>(extreme / moved, smallest);
      const auto sums = sumsAt<Lanes, Description>(blocks, scale, broadcast<Float>(shift));
      const Float best = sums.codeCode == 0.0f ? Float{} : sums.weightCode / sums.codeCode;
      work.probeScales[probe] = best;
      work.probeGains[probe] = sums.weightCode * best;
      work.probeCurvatures[probe] = sums.codeCode;
      probe++;
    }
  }
}

/** Give each block the multiplier, among those near the chosen one and their opposites, and the variant with which most is gained. */
template <class Lanes, class Description>
void retryGroup(Workspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  const Blocks<Lanes> blocks = blocksOf(work, group);
  const Float chosen = magnitudeOf<Lanes>(work.multipliers[group]);
  Float mostGain = broadcast<Float>(-__builtin_inff());
  for (int variant = 0; variant < lengthOf(Description::shifts); variant++) {
    for (int tried = 0; tried < 4 * Description::retryCount + 2; tried++) {
      const Float magnitude = chosen + (float)(Description::retryStep * (tried / 2 - Description::retryCount));
      const Float multiplier = clamp<Lanes>(tried % 2 == 0 ? magnitude : -magnitude, Description::leastMultiplier, Description::greatestMultiplier);
      const Float scale = work.superScales[group] * multiplier;
      const auto sums = sumsAt<Lanes, Description>(blocks, scale, broadcast<Float>(Description::shifts[variant]));
      const Float gain = scale * (2.0f * sums.weightCode - scale * sums.codeCode);
      const Int isBetter = gain > mostGain;
      mostGain = isBetter ? gain : mostGain;
      work.multipliers[group] = isBetter ? multiplier : work.multipliers[group];
      work.variants[group] = isBetter ? broadcast<Int>(variant) : work.variants[group];
    }
  }
}

/** Choose all codes under the chosen scales, and leave their sums in the workspace. */
template <class Lanes, class Description>
void codeGroup(Workspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  const size_t first = group * work.blockLength * Lanes::width;
  const Blocks<Lanes> blocks = blocksOf(work, group);
  const Float multiplier = work.multipliers[group];
  Float shift = {};
  for (int variant = 0; variant < lengthOf(Description::shifts); variant++) {
    const Int isChosen = work.variants[group] == variant;
    shift = isChosen ? broadcast<Float>(Description::shifts[variant]) : shift;
  }
  const Float scale = work.superScales[group] * multiplier;
  CodeSums<Lanes> sums;
  if constexpr (Grouped<Description>) {
    const GroupCodes out = {work.points + first, work.moves + first, work.signs + first / EIGHT};
    sums = codeGroups<Lanes, Description>(blocks, scale, shift, &out);
  } else {
    sums = codeBlock<Lanes, Description>(blocks, scale, shift, work.codesByLane + first);
  }
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
  eachRun(work, [&](size_t first, size_t count) {
    const float factor = work.each(work.factors)[first];
    const float superScale = storedSuperScale<Description>(toSuperScale(fitRun(work, first, count)), factor);
    for (size_t block = first; block < first + count; block++) work.each(work.superScales)[block] = superScale;
  });
}

/**
 * Search for the scales and codes of `blocks` blocks, some runs of them. Leaves the
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
  if constexpr (requires { Description::retryCount; }) {
    for (size_t group = 0; group < work.groups; group++) retryGroup(work, group);
  }
  // Codes of groups cost more than they would gain the first time.
  if constexpr (!Grouped<Description>) codeAndFit(work, [](Fit fit) { return fit.best; });
  codeAndFit(work, [](Fit fit) { return fit.best * (1 + Description::growth * (1 - fit.explained)); });
  if constexpr (!Grouped<Description>) gatherCodes<Lanes, Description::blockLength>(work);
}

}  // namespace
}  // namespace halftone
