// Choosing the super numbers, and with them the multipliers of each block: the twin of
// packages/quant-formats/src/search/affine/super-scales.ts.
#pragma once

#include "../super_scale.hpp"
#include "code_block.hpp"

namespace halftone {
namespace {

/** The scale and minimum of the probe of each block that gains most; the first of equals. */
template <class Lanes, class Description>
inline AffineFit<typename Lanes::Float> bestFits(const AffineWorkspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  const size_t first = group * work.probesPerBlock;
  AffineFit<Float> best = work.probeFits[first];
  Float bestGain = affineGain(work.probes[first], best);
  for (int probe = 1; probe < work.probesPerBlock; probe++) {
    const AffineFit<Float> fit = work.probeFits[first + probe];
    const Float gain = affineGain(work.probes[first + probe], fit);
    const auto isBetter = gain > bestGain;
    bestGain = isBetter ? gain : bestGain;
    best.scale = isBetter ? fit.scale : best.scale;
    best.minimum = isBetter ? fit.minimum : best.minimum;
  }
  return best;
}

/**
 * For each block the probe that gains most under super numbers, the first of equals: the multipliers are left in the workspace, the
 * gain is returned. Each probe takes the scale nearest to its own, and then the minimum nearest to the best at that scale.
 */
template <class Lanes, class Description>
inline typename Lanes::Float chooseAffineMultipliers(AffineWorkspace<Lanes, Description>& work, size_t group,
                                                     AffineFit<float> superNumbers) {
  using Float = typename Lanes::Float;
  const float inverseScale = superNumbers.scale == 0 ? 0 : 1 / superNumbers.scale;
  const float inverseMinimum = superNumbers.minimum == 0 ? 0 : 1 / superNumbers.minimum;
  const size_t first = group * work.probesPerBlock;
  Float best = broadcast<Float>(-__builtin_inff());
  AffineFit<Float> multipliers = {};
  for (int probe = 0; probe < work.probesPerBlock; probe++) {
    const AffineSums<Float>& sums = work.probes[first + probe];
    const Float ofScale =
        nearestWhole<Lanes>(work.probeFits[first + probe].scale * inverseScale, Description::greatestMultiplier);
    const Float scale = superNumbers.scale * ofScale;
    const Float wanted = (scale * sums.code - sums.value) / sums.weight;
    const Float ofMinimum = nearestWhole<Lanes>(wanted * inverseMinimum, Description::greatestMultiplier);
    const Float gain = affineGain<Float>(sums, {scale, superNumbers.minimum * ofMinimum});
    const auto isBetter = gain > best;
    best = isBetter ? gain : best;
    multipliers.scale = isBetter ? ofScale : multipliers.scale;
    multipliers.minimum = isBetter ? ofMinimum : multipliers.minimum;
  }
  work.multipliers[group] = multipliers;
  return best;
}

/** The sum of the gains over all blocks, one after another. */
template <class Lanes, class Description>
float affineTrial(AffineWorkspace<Lanes, Description>& work, AffineFit<float> superNumbers) {
  for (size_t group = 0; group < work.groups; group++) {
    work.trialGains[group] = chooseAffineMultipliers(work, group, superNumbers);
  }
  float sum = 0;
  for (size_t block = 0; block < work.blocks; block++) sum += work.each(work.trialGains)[block];
  return sum;
}

/** Of stored numbers around `first`, the one for which `gainOf` is largest, the first of equals; zero if none gains anything. */
template <class Description, class GainOf>
float bestSuperNumber(float first, float factor, GainOf gainOf) {
  const float smallest = Description::smallestSuperScale * factor;
  const float step = first * TRIAL_STEP > smallest ? first * TRIAL_STEP : smallest;
  float best = 0;
  float bestGain = 0;
  for (int k = -SMALLER_TRIALS; k < AFFINE_TRIALS - SMALLER_TRIALS; k++) {
    const float wanted = first + (float)k * step;
    const float candidate = storedSuperScale<Description>(wanted > 0 ? wanted : 0, factor);
    const float gain = gainOf(candidate);
    if (gain > bestGain) {
      bestGain = gain;
      best = candidate;
    }
  }
  return best;
}

template <class Lanes, class Description>
void chooseSuperNumbers(AffineWorkspace<Lanes, Description>& work) {
  using Float = typename Lanes::Float;
  AffineFit<Float> largestOfLanes = {};
  for (size_t group = 0; group < work.groups; group++) {
    const AffineFit<Float> fit = bestFits(work, group);
    largestOfLanes.scale = fit.scale > largestOfLanes.scale ? fit.scale : largestOfLanes.scale;
    largestOfLanes.minimum = fit.minimum > largestOfLanes.minimum ? fit.minimum : largestOfLanes.minimum;
  }
  AffineFit<float> largest = {};
  for (int lane = 0; lane < Lanes::width; lane++) {
    if (largestOfLanes.scale[lane] > largest.scale) largest.scale = largestOfLanes.scale[lane];
    if (largestOfLanes.minimum[lane] > largest.minimum) largest.minimum = largestOfLanes.minimum[lane];
  }
  const float factor = work.factors[0][0];
  const float firstScale = largest.scale / Description::greatestMultiplier;
  const float firstMinimum = largest.minimum / Description::greatestMultiplier;
  AffineFit<float> chosen = {0, storedSuperScale<Description>(firstMinimum, factor)};
  chosen.scale = bestSuperNumber<Description>(firstScale, factor, [&](float scale) {
    return affineTrial(work, {scale, chosen.minimum});
  });
  chosen.minimum = bestSuperNumber<Description>(firstMinimum, factor, [&](float minimum) {
    return affineTrial(work, {chosen.scale, minimum});
  });
  affineTrial(work, chosen);
  for (size_t group = 0; group < work.groups; group++) {
    work.superNumbers[group] = {broadcast<Float>(chosen.scale), broadcast<Float>(chosen.minimum)};
  }
}

/** The stored scale and minimum of the best probe, for blocks that have them of their own. */
template <class Lanes, class Description>
void chooseNumbersOfBlocks(AffineWorkspace<Lanes, Description>& work) {
  using Float = typename Lanes::Float;
  for (size_t group = 0; group < work.groups; group++) {
    const AffineFit<Float> best = bestFits(work, group);
    work.multipliers[group] = {broadcast<Float>(1.0f), broadcast<Float>(1.0f)};
    for (int lane = 0; lane < Lanes::width; lane++) {
      const float factor = work.factors[group][lane];
      work.superNumbers[group].scale[lane] = storedSuperScale<Description>(best.scale[lane], factor);
      work.superNumbers[group].minimum[lane] = storedSuperScale<Description>(best.minimum[lane], factor);
    }
  }
}

}  // namespace
}  // namespace halftone
