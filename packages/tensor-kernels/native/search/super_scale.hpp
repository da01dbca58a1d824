// Choosing the super scale, and with it the multiplier and the variant of each block: the twin of
// packages/quant-formats/src/search/super-scale.ts and store.ts.
#pragma once

#include "../numeric/half.hpp"
#include "nearest.hpp"
#include "workspace.hpp"

namespace halftone {
namespace {

constexpr float TRIAL_STEP = 1.0f / 128;

/** A super scale as the format holds it; one beyond the range becomes the largest. */
template <class Description>
inline float storeSuperScale(float superScale) {
  if constexpr (Description::storesF16) {
    return f16ToF32(f32ToFiniteF16(superScale * Description::storeFactor)) / Description::storeFactor;
  }
  const float largest = Description::largestSuperScale;
  return superScale > largest ? largest : superScale < -largest ? -largest : superScale;
}

/** A super scale of weights normalized by `factor`, rounded to what the format can store of it. */
template <class Description>
inline float storedSuperScale(float superScale, float factor) {
  return storeSuperScale<Description>(superScale / factor) * factor;
}

/** The allowed multiplier nearest to each target. */
template <class Lanes, class Description>
inline typename Lanes::Float nearestMultiplier(typename Lanes::Float target) {
  if constexpr (requires { typename Description::Multipliers; }) {
    return GridCoder<Lanes, typename Description::Multipliers>::nearest(target).value;
  }
  constexpr float least = Description::leastMultiplier;
  constexpr float step = Description::multiplierStep;
  const auto within = clamp<Lanes>(target, least, Description::greatestMultiplier);
  const auto steps = (within - least) * (1 / step);
  return (steps + ROUND_TO_WHOLE - ROUND_TO_WHOLE) * step + least;
}

/** What to do of a group under a super scale. */
template <class Lanes>
struct Choice {
  typename Lanes::Float gain;
  typename Lanes::Float multiplier;
  typename Lanes::Int variant;
};

/** For each block the probe that gains most under `superScale`, the first of equals, with the multiplier nearest to its scale. */
template <class Lanes, class Description>
inline Choice<Lanes> chooseMultipliers(const Workspace<Lanes, Description>& work, size_t group,
                                       typename Lanes::Float superScale) {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  const Float inverse = superScale == 0.0f ? Float{} : 1.0f / superScale;
  const size_t first = group * work.probesPerBlock;
  Choice<Lanes> best = {broadcast<Float>(-__builtin_inff()), Float{}, Int{}};
  for (int probe = 0; probe < work.probesPerBlock; probe++) {
    const Float scale = work.probeScales[first + probe];
    const Float multiplier = nearestMultiplier<Lanes, Description>(scale * inverse);
    const Float off = scale - superScale * multiplier;
    const Float gain = work.probeGains[first + probe] - work.probeCurvatures[first + probe] * (off * off);
    const Int isBetter = gain > best.gain;
    best.gain = isBetter ? gain : best.gain;
    best.multiplier = isBetter ? multiplier : best.multiplier;
    best.variant = isBetter ? broadcast<Int>(probe / work.places) : best.variant;
  }
  return best;
}

/** The best scale of the probe of each block that gains most; the first of equals. */
template <class Lanes, class Description>
inline typename Lanes::Float bestScales(const Workspace<Lanes, Description>& work, size_t group) {
  using Float = typename Lanes::Float;
  const size_t first = group * work.probesPerBlock;
  Float bestGain = work.probeGains[first];
  Float best = work.probeScales[first];
  for (int probe = 1; probe < work.probesPerBlock; probe++) {
    const auto isBetter = work.probeGains[first + probe] > bestGain;
    bestGain = isBetter ? work.probeGains[first + probe] : bestGain;
    best = isBetter ? work.probeScales[first + probe] : best;
  }
  return best;
}

/** Of each block: number `trial` of those to try for its run. */
template <class Lanes, class Description>
inline typename Lanes::Float& trialOf(const Workspace<Lanes, Description>& work, size_t group, int trial) {
  return work.trialScales[group * TRIALS + trial];
}

/** The super scales to try for `count` blocks from `start` on, a run, whose best scales are in the workspace. */
template <class Lanes, class Description>
void listTrials(const Workspace<Lanes, Description>& work, size_t start, size_t count) {
  float largest = 0;
  for (size_t block = start; block < start + count; block++) {
    const float scale = work.each(work.superScales)[block];
    if (scale > largest) largest = scale;
  }
  const float factor = work.each(work.factors)[start];
  const float first = largest / Description::greatestMultiplier;
  const float smallest = Description::smallestSuperScale * factor;
  const float step = first * TRIAL_STEP > smallest ? first * TRIAL_STEP : smallest;
  for (int trial = 0; trial < TRIALS; trial++) {
    const float superScale = storedSuperScale<Description>(first + trial * step, factor);
    for (size_t block = start; block < start + count; block++) {
      trialOf(work, block / Lanes::width, trial)[block % Lanes::width] = superScale;
    }
  }
}

/** Give the blocks of a run the super scale of the trial that gains most, summed over one block after another; the first of equals. */
template <class Lanes, class Description>
void takeBestTrial(const Workspace<Lanes, Description>& work, size_t start, size_t count) {
  float sums[TRIALS] = {};
  for (size_t block = start; block < start + count; block++) {
    const float* gains = work.each(work.trialGains + block / Lanes::width * TRIALS) + block % Lanes::width;
    for (int trial = 0; trial < TRIALS; trial++) sums[trial] += gains[trial * Lanes::width];
  }
  float best = 0;
  float bestGain = 0;
  for (int trial = 0; trial < TRIALS; trial++) {
    if (sums[trial] > bestGain) {
      bestGain = sums[trial];
      best = trialOf(work, start / Lanes::width, trial)[start % Lanes::width];
    }
  }
  for (size_t block = start; block < start + count; block++) work.each(work.superScales)[block] = best;
}

/** For each run the stored super scale under which its probes gain most together, and what goes with it. */
template <class Lanes, class Description>
void chooseSuperScale(Workspace<Lanes, Description>& work) {
  for (size_t group = 0; group < work.groups; group++) {
    work.superScales[group] = magnitudeOf<Lanes>(bestScales(work, group));
  }
  eachRun(work, [&](size_t start, size_t count) { listTrials(work, start, count); });
  for (size_t group = 0; group < work.groups; group++) {
    for (int trial = 0; trial < TRIALS; trial++) {
      work.trialGains[group * TRIALS + trial] = chooseMultipliers(work, group, trialOf(work, group, trial)).gain;
    }
  }
  eachRun(work, [&](size_t start, size_t count) { takeBestTrial(work, start, count); });
  for (size_t group = 0; group < work.groups; group++) {
    const Choice<Lanes> choice = chooseMultipliers(work, group, work.superScales[group]);
    work.multipliers[group] = choice.multiplier;
    work.variants[group] = choice.variant;
  }
}

/** The stored super scale of the best probe, for blocks that have one of their own. */
template <class Lanes, class Description>
void chooseSuperScales(Workspace<Lanes, Description>& work) {
  using Float = typename Lanes::Float;
  for (size_t group = 0; group < work.groups; group++) {
    const Float best = bestScales(work, group);
    work.multipliers[group] = broadcast<Float>(1.0f);
    work.variants[group] = typename Lanes::Int{};
    for (int lane = 0; lane < Lanes::width; lane++) {
      work.superScales[group][lane] = storedSuperScale<Description>(best[lane], work.factors[group][lane]);
    }
  }
}

}  // namespace
}  // namespace halftone
