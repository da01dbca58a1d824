// A row of quantized weights with one input, or a few. For one, each super-block is unpacked into registers and multiplied there, so
// that the time is that of reading the weights.
#pragma once

#include "generic.hpp"
#include "input.hpp"

namespace halftone {
namespace {

/** Lanes whose sums are the products of one row of weights with `Inputs` rows of input. */
template <class Lanes, int Inputs>
struct RowSums {
  typename Lanes::Float products[Inputs] = {};
  typename Lanes::Float offsets[Inputs] = {};
};

/** The scales of weights, whose groups of columns are whole or half runs, times those of an input. */
template <class Lanes, int Groups>
[[gnu::always_inline]] inline void multiplyScales(const GroupVectors<Lanes, Groups>& weights, const float* input,
                                                  GroupVectors<Lanes, Groups>& out) {
  using Float = typename Lanes::Float;
  unroll<Grouping<Lanes, Groups>::vectors>([&](auto vector) __attribute__((always_inline)) {
    constexpr int v = vector.value;
    if constexpr (Groups == 8) {
      out.of[v] = weights.of[v] * load<Float>(input + v * Lanes::width);
    } else {
      const Float runs = load<Float>(input + v / 2 * Lanes::width);
      if constexpr (v % 2 == 0) out.of[v] = weights.of[v] * shuffleParts<0, 0, 1, 1>(runs, runs);
      if constexpr (v % 2 == 1) out.of[v] = weights.of[v] * shuffleParts<2, 2, 3, 3>(runs, runs);
    }
  });
}

/** Add what a step of 32 columns per part comes to; `scales` are those of weights and input multiplied. */
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

/** Add the products of super-block `block` of the inputs. */
template <class Lanes, class Vectors, int Inputs>
[[gnu::always_inline]] inline void addSuperBlock(const Vectors& weights, const InputBlock<Lanes>* const (&inputs)[Inputs],
                                                 size_t block, RowSums<Lanes, Inputs>& sums) {
  constexpr int groups = Vectors::groups;
  GroupVectors<Lanes, groups> scales[Inputs];
  unroll<Inputs>([&](auto i) __attribute__((always_inline)) {
    const InputBlock<Lanes>& input = inputs[i.value][block];
    multiplyScales<Lanes, groups>(weights.scales, input.scales, scales[i.value]);
    const float* inputSums = groups == 8 ? input.sums32 : input.sums16;
    for (int v = 0; v < Grouping<Lanes, groups>::vectors; v++) {
      sums.offsets[i.value] += weights.offsets.of[v] * load<typename Lanes::Float>(inputSums + v * Lanes::width);
    }
  });
  unroll<STEPS<Lanes>>([&](auto step) __attribute__((always_inline)) {
    const StepCodes<Lanes>& codes = weights.template codes<step.value>();
    unroll<Inputs>([&](auto i) __attribute__((always_inline)) {
      addStep<Lanes, groups, step.value>(codes, inputs[i.value][block], scales[i.value], sums.products[i.value]);
    });
  });
}

/** The product of a packed row with one input. */
template <class Lanes, class Format>
float multiplyOne(const MatmulTask& task, size_t row, const InputBlock<Lanes>* input) {
  using Vectors = typename VectorsFor<Lanes, Format>::Type;
  static_assert(fits(Vectors::largestCode, SUPER_BLOCK / Vectors::groups));
  const PackedRow<Format> packed(task.weights + row * task.bytesPerRow(), task.columns);
  const size_t blocks = superBlocksOf(task.columns);
  PaddedSuperBlock<Format> room;
  RowSums<Lanes, 1> sums;
  // The scales of a super-block take long, so they are begun before the super-block before it is multiplied.
  Vectors weights(packed.superBlock(0, room), packed.scale);
  for (size_t block = 0; block + 1 < blocks; block++) {
    const Vectors next(packed.superBlock(block + 1, room), packed.scale);
    addSuperBlock<Lanes, Vectors, 1>(weights, {input}, block, sums);
    weights = next;
  }
  addSuperBlock<Lanes, Vectors, 1>(weights, {input}, blocks - 1, sums);
  return sumOf<Lanes>(sums.products[0] + sums.offsets[0]);
}

/** Unpack `count` super-blocks of a row, from `first` on. */
template <class Lanes, class Format>
void unpackBlocks(const MatmulTask& task, size_t row, size_t first, size_t count, CodeBlock<Lanes>* out) {
  using Vectors = typename VectorsFor<Lanes, Format>::Type;
  static_assert(fits(Vectors::largestCode, SUPER_BLOCK / Vectors::groups));
  const PackedRow<Format> packed(task.weights + row * task.bytesPerRow(), task.columns);
  PaddedSuperBlock<Format> room;
  for (size_t block = 0; block < count; block++) {
    const Vectors weights(packed.superBlock(first + block, room), packed.scale);
    for (int i = 0; i < Grouping<Lanes, Vectors::groups>::vectors; i++) {
      out[block].scales[i] = weights.scales.of[i];
      out[block].offsets[i] = weights.offsets.of[i];
    }
    unroll<STEPS<Lanes>>([&](auto step) __attribute__((always_inline)) {
      out[block].steps[step.value] = weights.template codes<step.value>();
    });
  }
}

}  // namespace
}  // namespace halftone
