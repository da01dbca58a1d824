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
 * For each block the probe that gains most under its super numbers, the first of equals: the multipliers are left in the workspace, the
 * gain is returned. Each probe takes the scale nearest to its own, and then the minimum nearest to the best at that scale.
 */
template <class Lanes, class Description>
inline typename Lanes::Float chooseAffineMultipliers(AffineWorkspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  const AffineFit<Float> superNumbers = work.superNumbers[group];
  const Float inverseScale = superNumbers.scale == 0.0f ? Float{} : 1.0f / superNumbers.scale;
  const Float inverseMinimum = superNumbers.minimum == 0.0f ? Float{} : 1.0f / superNumbers.minimum;
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

/** What is tried for a run, scale or minimum: numbers around the first; the best of them, and what it gains. */
struct SuperNumberTrials {
  float first;
  float best = 0;
  float bestGain = 0;

  /** Number `k`, as the format stores it. */
  template <class Description>
  float at(int k, float factor) const {
    const float smallest = Description::smallestSuperScale * factor;
    const float step = first * TRIAL_STEP > smallest ? first * TRIAL_STEP : smallest;
    const float wanted = first + (float)k * step;
    return storedSuperScale<Description>(wanted > 0 ? wanted : 0, factor);
  }

  void compare(float number, float gain) {
    if (!(gain > bestGain)) return;
    bestGain = gain;
    best = number;
  }
};

/** Give `count` blocks from `first` on a super scale or a super minimum. */
template <class Lanes, class Description>
inline void setSuperNumber(AffineWorkspace<Lanes, Description>& work,
                           typename Lanes::Float AffineFit<typename Lanes::Float>::*part, size_t first, size_t count,
                           float number) {
  for (size_t block = first; block < first + count; block++) {
    (work.superNumbers[block / Lanes::width].*part)[block % Lanes::width] = number;
  }
}

/** The gain of all blocks of a run, summed over one after another. */
template <class Lanes, class Description>
inline float sumTrialGains(const AffineWorkspace<Lanes, Description>& work, size_t first, size_t count) {
  float sum = 0;
  for (size_t block = first; block < first + count; block++) sum += work.each(work.trialGains)[block];
  return sum;
}

/** Of the numbers to try, the one that gains most, the first of equals, becomes that of each run; zero if none gains anything. */
template <class Lanes, class Description>
void chooseSuperNumber(AffineWorkspace<Lanes, Description>& work,
                       typename Lanes::Float AffineFit<typename Lanes::Float>::*part, SuperNumberTrials* trials) {
  for (int k = -SMALLER_TRIALS; k < AFFINE_TRIALS - SMALLER_TRIALS; k++) {
    eachRun(work, [&](size_t first, size_t count) {
      const float factor = work.each(work.factors)[first];
      setSuperNumber(work, part, first, count, trials[first / work.runLength].template at<Description>(k, factor));
    });
    for (size_t group = 0; group < work.groups; group++) work.trialGains[group] = chooseAffineMultipliers(work, group);
    eachRun(work, [&](size_t first, size_t count) {
      const float number = (work.superNumbers[first / Lanes::width].*part)[first % Lanes::width];
      trials[first / work.runLength].compare(number, sumTrialGains(work, first, count));
    });
  }
  eachRun(work, [&](size_t first, size_t count) {
    setSuperNumber(work, part, first, count, trials[first / work.runLength].best);
  });
}

/** Super numbers for each run; first the scale, for the minimum that gives the largest one the greatest multiplier. */
template <class Lanes, class Description>
void chooseSuperNumbers(AffineWorkspace<Lanes, Description>& work) {
  using Float = typename Lanes::Float;
  SuperNumberTrials scales[Lanes::width];
  SuperNumberTrials minima[Lanes::width];
  for (size_t group = 0; group < work.groups; group++) work.superNumbers[group] = bestFits(work, group);
  eachRun(work, [&](size_t first, size_t count) {
    AffineFit<float> largest = {};
    for (size_t block = first; block < first + count; block++) {
      const AffineFit<Float>& fit = work.superNumbers[block / Lanes::width];
      const int lane = (int)(block % Lanes::width);
      if (fit.scale[lane] > largest.scale) largest.scale = fit.scale[lane];
      if (fit.minimum[lane] > largest.minimum) largest.minimum = fit.minimum[lane];
    }
    scales[first / work.runLength] = {largest.scale / Description::greatestMultiplier};
    minima[first / work.runLength] = {largest.minimum / Description::greatestMultiplier};
    const float factor = work.each(work.factors)[first];
    setSuperNumber(work, &AffineFit<Float>::minimum, first, count, minima[first / work.runLength].template at<Description>(0, factor));
  });
  chooseSuperNumber(work, &AffineFit<Float>::scale, scales);
  chooseSuperNumber(work, &AffineFit<Float>::minimum, minima);
  for (size_t group = 0; group < work.groups; group++) chooseAffineMultipliers(work, group);
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
