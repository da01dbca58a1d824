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
inline Choice<Lanes> chooseMultipliers(const Workspace<Lanes, Description>& work, size_t group, float superScale) {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  const float inverse = superScale == 0 ? 0 : 1 / superScale;
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

/** The super scales to try for a run. */
template <class Lanes, class Description>
void listTrials(const Workspace<Lanes, Description>& work, float (&trials)[TRIALS]) {
  using Float = typename Lanes::Float;
  Float largestOfLanes = {};
  for (size_t group = 0; group < work.groups; group++) {
    const Float magnitude = magnitudeOf<Lanes>(bestScales(work, group));
    largestOfLanes = magnitude > largestOfLanes ? magnitude : largestOfLanes;
  }
  float largest = 0;
  for (int lane = 0; lane < Lanes::width; lane++) {
    if (largestOfLanes[lane] > largest) largest = largestOfLanes[lane];
  }
  const float factor = work.factors[0][0];
  const float first = largest / Description::greatestMultiplier;
  const float smallest = Description::smallestSuperScale * factor;
  const float step = first * TRIAL_STEP > smallest ? first * TRIAL_STEP : smallest;
  for (int trial = 0; trial < TRIALS; trial++) {
    trials[trial] = storedSuperScale<Description>(first + trial * step, factor);
  }
}

/** The sum of the gains over all blocks, one after another, for every trial at once. */
template <class Lanes, class Description>
void sumTrials(const Workspace<Lanes, Description>& work, float (&sums)[TRIALS]) {
  for (int trial = 0; trial < TRIALS; trial++) sums[trial] = 0;
  for (size_t block = 0; block < work.blocks; block++) {
    const size_t group = block / Lanes::width;
    const float* gains = work.each(work.trialGains + group * TRIALS) + block % Lanes::width;
    for (int trial = 0; trial < TRIALS; trial++) sums[trial] += gains[trial * Lanes::width];
  }
}

/** The stored super scale under which the probes of a run gain most together, the first of equals, and what goes with it. */
template <class Lanes, class Description>
void chooseSuperScale(Workspace<Lanes, Description>& work) {
  using Float = typename Lanes::Float;
  float trials[TRIALS];
  float gains[TRIALS];
  listTrials(work, trials);
  for (size_t group = 0; group < work.groups; group++) {
    for (int trial = 0; trial < TRIALS; trial++) {
      work.trialGains[group * TRIALS + trial] = chooseMultipliers(work, group, trials[trial]).gain;
    }
  }
  sumTrials(work, gains);
  float best = 0;
  float bestGain = 0;
  for (int trial = 0; trial < TRIALS; trial++) {
    if (gains[trial] > bestGain) {
      bestGain = gains[trial];
      best = trials[trial];
    }
  }
  for (size_t group = 0; group < work.groups; group++) {
    const Choice<Lanes> choice = chooseMultipliers(work, group, best);
    work.multipliers[group] = choice.multiplier;
    work.variants[group] = choice.variant;
    work.superScales[group] = broadcast<Float>(best);
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
