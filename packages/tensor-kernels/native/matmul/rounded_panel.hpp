// A panel of quantized rows with many inputs: a super-block of all rows is unpacked into pairs of codes, the rows side by side in the
// lanes, and multiplied with one input after another.
#pragma once

#include "input.hpp"
#include "panel.hpp"

namespace halftone {
namespace {

/** A super-block of the rows of a panel. */
template <class Lanes, int Groups>
struct RoundedPanel {
  /** Two neighbouring words of the order of columns, for each row. */
  typename Lanes::Int pairs[SUPER_BLOCK / 2][PANEL_VECTORS];
  typename Lanes::Float scales[Groups][PANEL_VECTORS];
  typename Lanes::Float offsets[Groups][PANEL_VECTORS];
};

/** Put numbers per group of four rows into a panel, from row `row` of it on. */
template <class Lanes, int Groups>
inline void placeGroups(const GroupVectors<Lanes, Groups> (&rows)[4], typename Lanes::Float (*panel)[PANEL_VECTORS], int row) {
  for (int vector = 0; vector < Grouping<Lanes, Groups>::vectors; vector++) {
    typename Lanes::Float items[4] = {rows[0].of[vector], rows[1].of[vector], rows[2].of[vector], rows[3].of[vector]};
    transposeParts(items);
    for (int item = 0; item < 4 && item < Grouping<Lanes, Groups>::perPart; item++) {
      storeParts(items[item], [&](int part) {
        const int place = vector * Lanes::width + 4 * part + item;
        return (float*)panel[Grouping<Lanes, Groups>::groupAt(place)] + row;
      });
    }
  }
}

/** Put four rows into a panel, from row `row` of it on. */
template <class Lanes, class Vectors>
void placeRows(const Vectors (&rows)[4], RoundedPanel<Lanes, Vectors::groups>& panel, int row) {
  constexpr int groups = Vectors::groups;
  const GroupVectors<Lanes, groups> scales[4] = {rows[0].scales, rows[1].scales, rows[2].scales, rows[3].scales};
  const GroupVectors<Lanes, groups> offsets[4] = {rows[0].offsets, rows[1].offsets, rows[2].offsets, rows[3].offsets};
  placeGroups<Lanes, groups>(scales, panel.scales, row);
  placeGroups<Lanes, groups>(offsets, panel.offsets, row);
  unroll<STEPS<Lanes>>([&](auto step) __attribute__((always_inline)) {
    StepCodes<Lanes> codes[4];
    for (int i = 0; i < 4; i++) codes[i] = rows[i].template codes<step.value>();
    for (int vector = 0; vector < 4; vector++) {
      using Int = typename Lanes::Int;
      Int pairs[4] = {(Int)codes[0].of[vector], (Int)codes[1].of[vector], (Int)codes[2].of[vector], (Int)codes[3].of[vector]};
      transposeParts(pairs);
      for (int pair = 0; pair < 4; pair++) {
        storeParts(pairs[pair], [&](int part) {
          return (int32_t*)panel.pairs[(step.value * Lanes::parts + part) * 16 + 4 * vector + pair] + row;
        });
      }
    }
  });
}

/** The rows' pairs of two columns, times those of some inputs, which stand at `word`. */
template <class Lanes, int Inputs>
[[gnu::always_inline]] inline void addPairs(const typename Lanes::Int (&weights)[PANEL_VECTORS],
                                            const InputBlock<Lanes>* const (&inputs)[Inputs], int word,
                                            typename Lanes::PairSums (&sums)[Inputs][PANEL_VECTORS]) {
  using Words = typename Lanes::Words;
#pragma GCC unroll 16
  for (int i = 0; i < Inputs; i++) {
    const auto input = (Words)broadcast<typename Lanes::Int>(read<int32_t>((const uint8_t*)(inputs[i]->words + word)));
#pragma GCC unroll 4
    for (int vector = 0; vector < PANEL_VECTORS; vector++) {
      sums[i][vector] = Lanes::addPairs(sums[i][vector], (Words)weights[vector], input);
    }
  }
}

/** Add the products of a super-block of a panel with some inputs. */
template <class Lanes, int Groups, int Inputs>
[[gnu::noinline]] void multiplyRounded(const RoundedPanel<Lanes, Groups>& panel, const InputBlock<Lanes>* const (&inputs)[Inputs], PanelSums<Lanes>* sums) {
  using Int = typename Lanes::Int;
  using Float = typename Lanes::Float;
  constexpr int groupsPerRun = Groups / RUNS;
  constexpr int groupVectors = 4 / groupsPerRun;
  for (int group = 0; group < Groups; group++) {
    const int firstPair = group * (SUPER_BLOCK / 2 / Groups);
    const int firstWord = placeOfColumn<Lanes>(group * (SUPER_BLOCK / Groups));
    typename Lanes::PairSums products[Inputs][PANEL_VECTORS] = {};
    const Int(*weights)[PANEL_VECTORS] = panel.pairs + firstPair;
    for (int vector = 0; vector < groupVectors; vector++) {
      const int start = firstWord + vector * 8 * Lanes::parts;
      // Unrolled, GCC would first make all products, for which there are no registers, and then add them.
#pragma GCC unroll 1
      for (int word = start; word < start + 8; word += 2, weights++) addPairs<Lanes, Inputs>(*weights, inputs, word, products);
    }
    const int scalePlace = Grouping<Lanes, 8>::placeOf(group / groupsPerRun);
    const int sumPlace = Grouping<Lanes, Groups>::placeOf(group);
#pragma GCC unroll 16
    for (int i = 0; i < Inputs; i++) {
      const Float scale = broadcast<Float>(inputs[i]->scales[scalePlace]);
      const Float sum = broadcast<Float>((Groups == 8 ? inputs[i]->sums32 : inputs[i]->sums16)[sumPlace]);
#pragma GCC unroll 4
      for (int vector = 0; vector < PANEL_VECTORS; vector++) {
        const Float weightScale = panel.scales[group][vector];
        sums[i].of[vector] += toFloat<Lanes>(Lanes::total(products[i][vector])) * (weightScale * scale);
        sums[i].of[vector] += panel.offsets[group][vector] * sum;
      }
    }
  }
}

}  // namespace
}  // namespace halftone
