// A row of quantized weights with one input, or a few. For one, each super-block is unpacked into registers and multiplied there, so
// that the time is that of reading the weights.
#pragma once

#include "generic.hpp"
#include "input.hpp"
#include "task.hpp"

namespace halftone {
namespace {

/** Lanes whose sums are the products of one row of weights with `Inputs` rows of input. */
template <class Lanes, int Inputs>
struct RowSums {
  typename Lanes::Float of[Inputs] = {};
};

/** Add what a step of 32 columns per part comes to. */
template <class Lanes, int Groups, int Step>
[[gnu::always_inline]] inline void addStep(const StepCodes<Lanes>& codes, const InputBlock<Lanes>& input,
                                           const GroupVectors<Lanes, Groups>& scales, typename Lanes::Float& sum) {
  const int16_t* words = input.words + 4 * Step * 2 * Lanes::width;
  using PairSums = typename Lanes::PairSums;
  const auto add = [&](PairSums sums, int i) __attribute__((always_inline)) {
    return Lanes::addPairs(sums, codes.of[i], load<typename Lanes::Words>(words + i * 2 * Lanes::width));
  };
  const PairSums firstHalf = add(add(PairSums{}, 0), 1);
  if constexpr (Groups == 8) {
    const auto products = Lanes::total(add(add(firstHalf, 2), 3));
    sum += toFloat<Lanes>(products) * spread<Step % 4>(scales.of[Step / 4]);
  } else {
    const auto first = Lanes::total(firstHalf);
    const auto second = Lanes::total(add(add(PairSums{}, 2), 3));
    sum += toFloat<Lanes>(first) * spread<2 * (Step % 2)>(scales.of[Step / 2]);
    sum += toFloat<Lanes>(second) * spread<2 * (Step % 2) + 1>(scales.of[Step / 2]);
  }
}

/** What the bases or minima of a super-block of weights come to with a block of input. */
template <class Lanes, class Vectors>
[[gnu::always_inline]] inline typename Lanes::Float offsetProducts(const Vectors& weights, const InputBlock<Lanes>& input) {
  using Float = typename Lanes::Float;
  const float* sums = Vectors::groups == 8 ? input.sums32 : input.sums16;
  Float products = {};
  for (int v = 0; v < Grouping<Lanes, Vectors::groups>::vectors; v++) {
    if constexpr (HasBases<Vectors>) {
      products += weights.scales.of[v] * weights.bases.of[v] * load<Float>(sums + v * Lanes::width);
    } else if constexpr (HasMinima<Vectors>) {
      products += weights.minima.of[v] * load<Float>(sums + v * Lanes::width);
    }
  }
  return products;
}

/** Add the products of super-block `block` of the inputs. */
template <class Lanes, class Vectors, int Inputs>
[[gnu::always_inline]] inline void addSuperBlock(const Vectors& weights, const InputBlock<Lanes>* const (&inputs)[Inputs],
                                                 size_t block, RowSums<Lanes, Inputs>& sums) {
  typename Lanes::Float products[Inputs];
  unroll<Inputs>([&](auto i) __attribute__((always_inline)) {
    products[i.value] = offsetProducts<Lanes>(weights, inputs[i.value][block]);
  });
  unroll<STEPS<Lanes>>([&](auto step) __attribute__((always_inline)) {
    const StepCodes<Lanes>& codes = weights.template codes<step.value>();
    unroll<Inputs>([&](auto i) __attribute__((always_inline)) {
      addStep<Lanes, Vectors::groups, step.value>(codes, inputs[i.value][block], weights.scales, products[i.value]);
    });
  });
  unroll<Inputs>([&](auto i) __attribute__((always_inline)) {
    sums.of[i.value] += products[i.value] * broadcast<typename Lanes::Float>(inputs[i.value][block].scale);
  });
}

/** The product of a packed row with one input. */
template <class Lanes, class Format>
float multiplyOne(const MatmulTask& task, size_t row, const InputBlock<Lanes>* input) {
  using Vectors = typename VectorsFor<Lanes, Format>::Type;
  static_assert(fits(Vectors::largestCode, SUPER_BLOCK / Vectors::groups));
  const PackedRow<Format> packed(task.weights + row * bytesPerRow<Format>(task.columns), task.columns);
  const size_t blocks = superBlocksOf(task.columns);
  PaddedSuperBlock<Format> room;
  RowSums<Lanes, 1> sums;
  // The scales of a super-block take long, so they are begun before the super-block before it is multiplied.
  Vectors weights(packed.superBlock(0, room), packed.scale);
  for (size_t block = 0; block + 1 < blocks; block++) {
    packed.prefetch(block);
    const Vectors next(packed.superBlock(block + 1, room), packed.scale);
    addSuperBlock<Lanes, Vectors, 1>(weights, {input}, block, sums);
    weights = next;
  }
  addSuperBlock<Lanes, Vectors, 1>(weights, {input}, blocks - 1, sums);
  return sumOf<Lanes>(sums.of[0]);
}

/** Add to the codes of step `Step` the bases of their groups. */
template <class Lanes, int Step, int Groups>
[[gnu::always_inline]] inline void addBases(const GroupVectors<Lanes, Groups>& bases, StepCodes<Lanes>& codes) {
  const auto add = [&](typename Lanes::Float base, int first) __attribute__((always_inline)) {
    const auto low = truncate<Lanes>(base) & 0xffff;
    for (int i = first; i < first + 2; i++) codes.of[i] += (typename Lanes::Words)(low | low << 16);
  };
  if constexpr (Groups == 8) {
    add(spread<Step % 4>(bases.of[Step / 4]), 0);
    add(spread<Step % 4>(bases.of[Step / 4]), 2);
  } else {
    add(spread<2 * (Step % 2)>(bases.of[Step / 2]), 0);
    add(spread<2 * (Step % 2) + 1>(bases.of[Step / 2]), 2);
  }
}

/** Unpack `count` super-blocks of a row, from `first` on. */
template <class Lanes, class Format>
void unpackBlocks(const MatmulTask& task, size_t row, size_t first, size_t count, CodeBlock<Lanes>* out) {
  using Vectors = typename VectorsFor<Lanes, Format>::Type;
  static_assert(fits(Vectors::largestCode, SUPER_BLOCK / Vectors::groups));
  const PackedRow<Format> packed(task.weights + row * bytesPerRow<Format>(task.columns), task.columns);
  PaddedSuperBlock<Format> room;
  for (size_t block = 0; block < count; block++) {
    const Vectors weights(packed.superBlock(first + block, room), packed.scale);
    for (int i = 0; i < Grouping<Lanes, Vectors::groups>::vectors; i++) {
      out[block].scales[i] = weights.scales.of[i];
      if constexpr (HasMinima<Vectors>) out[block].minima[i] = weights.minima.of[i];
    }
    unroll<STEPS<Lanes>>([&](auto step) __attribute__((always_inline)) {
      StepCodes<Lanes>& codes = out[block].steps[step.value];
      codes = weights.template codes<step.value>();
      if constexpr (HasBases<Vectors>) addBases<Lanes, step.value, Vectors::groups>(weights.bases, codes);
    });
  }
}

}  // namespace
}  // namespace halftone
