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
  /** Of formats that have some. */
  typename Lanes::Float minima[Groups][PANEL_VECTORS];
};

/** Put numbers per group of four rows into a panel, from row `row` of it on. */
template <class Lanes, int Groups>
inline void placeGroups(const typename Lanes::Float* const (&rows)[4], typename Lanes::Float (*panel)[PANEL_VECTORS], int row) {
  for (int vector = 0; vector < Grouping<Lanes, Groups>::vectors; vector++) {
    typename Lanes::Float items[4] = {rows[0][vector], rows[1][vector], rows[2][vector], rows[3][vector]};
    transposeParts(items);
    for (int item = 0; item < 4 && item < Grouping<Lanes, Groups>::perPart; item++) {
      storeParts(items[item], [&](int part) {
        const int place = vector * Lanes::width + 4 * part + item;
        return (float*)panel[Grouping<Lanes, Groups>::groupAt(place)] + row;
      });
    }
  }
}

/** Put a super-block of four rows into a panel, from row `row` of it on. */
template <class Lanes, int Groups, bool Minima>
void placeRows(const CodeBlock<Lanes> (&blocks)[4], RoundedPanel<Lanes, Groups>& panel, int row) {
  using Int = typename Lanes::Int;
  placeGroups<Lanes, Groups>({blocks[0].scales, blocks[1].scales, blocks[2].scales, blocks[3].scales}, panel.scales, row);
  if constexpr (Minima) {
    placeGroups<Lanes, Groups>({blocks[0].minima, blocks[1].minima, blocks[2].minima, blocks[3].minima}, panel.minima, row);
  }
  for (int step = 0; step < STEPS<Lanes>; step++) {
    for (int vector = 0; vector < 4; vector++) {
      Int pairs[4];
      for (int i = 0; i < 4; i++) pairs[i] = (Int)blocks[i].steps[step].of[vector];
      transposeParts(pairs);
      for (int pair = 0; pair < 4; pair++) {
        storeParts(pairs[pair], [&](int part) {
          return (int32_t*)panel.pairs[(step * Lanes::parts + part) * 16 + 4 * vector + pair] + row;
        });
      }
    }
  }
}

/** Panels take inputs in the order of columns of a single part, in which runs, and halves of runs, follow each other. */
using PanelInput = InputBlock<Vectors<4>>;

/** The rows' pair of two columns times those of some inputs, which stand at `word`. */
template <class Lanes, int Inputs>
[[gnu::always_inline]] inline void addPair(const typename Lanes::Int (&weights)[PANEL_VECTORS],
                                           const PanelInput* const (&inputs)[Inputs], int word,
                                           typename Lanes::PairSums (&sums)[Inputs][PANEL_VECTORS]) {
  using Int = typename Lanes::Int;
  using Words = typename Lanes::Words;
#pragma GCC unroll 16
  for (int i = 0; i < Inputs; i++) {
    const auto input = (Words)broadcast<Int>(read<int32_t>((const uint8_t*)(inputs[i]->words + word)));
#pragma GCC unroll 4
    for (int vector = 0; vector < PANEL_VECTORS; vector++) {
      sums[i][vector] = Lanes::addPairs(sums[i][vector], (Words)weights[vector], input);
    }
  }
}

/** Add what the minima of weights come to. */
template <class Lanes, int Groups, int Inputs, class Input>
[[gnu::always_inline]] inline void addMinima(const typename Lanes::Float (&minima)[Groups][PANEL_VECTORS],
                                             const Input* const (&inputs)[Inputs], PanelSums<Lanes> (&sums)[Inputs]) {
#pragma GCC unroll 1
  for (int group = 0; group < Groups; group++) {
#pragma GCC unroll 16
    for (int i = 0; i < Inputs; i++) {
      const auto sum = broadcast<typename Lanes::Float>((Groups == 8 ? inputs[i]->sums32 : inputs[i]->sums16)[group]);
#pragma GCC unroll 4
      for (int vector = 0; vector < PANEL_VECTORS; vector++) sums[i].of[vector] += minima[group][vector] * sum;
    }
  }
}

/** Add the products with a super-block to `sums`, when they are whole: times the scales of the inputs. */
template <class Lanes, int Inputs, class Input>
[[gnu::always_inline]] inline void addScaled(const PanelSums<Lanes> (&products)[Inputs], const Input* const (&inputs)[Inputs],
                                             PanelSums<Lanes>* sums) {
#pragma GCC unroll 16
  for (int i = 0; i < Inputs; i++) {
    const auto scale = broadcast<typename Lanes::Float>(inputs[i]->scale);
#pragma GCC unroll 4
    for (int vector = 0; vector < PANEL_VECTORS; vector++) sums[i].of[vector] += products[i].of[vector] * scale;
  }
}

/** Add the products of a group of columns of a panel with some inputs. */
template <class Lanes, int Groups, int Inputs>
[[gnu::always_inline]] inline void addGroup(const RoundedPanel<Lanes, Groups>& panel, const PanelInput* const (&inputs)[Inputs],
                                            int group, PanelSums<Lanes> (&sums)[Inputs]) {
  constexpr int pairs = SUPER_BLOCK / 2 / Groups;
  typename Lanes::PairSums products[Inputs][PANEL_VECTORS] = {};
  int pair = group * pairs;
  // The first pair has nothing to be added to.
  addPair<Lanes, Inputs>(panel.pairs[pair], inputs, 2 * pair, products);
  // Unrolled, GCC would first make all products, for which there are no registers, and then add them.
#pragma GCC unroll 1
  for (pair++; pair < (group + 1) * pairs; pair++) addPair<Lanes, Inputs>(panel.pairs[pair], inputs, 2 * pair, products);
#pragma GCC unroll 16
  for (int i = 0; i < Inputs; i++) {
#pragma GCC unroll 4
    for (int vector = 0; vector < PANEL_VECTORS; vector++) {
      sums[i].of[vector] += toFloat<Lanes>(Lanes::total(products[i][vector])) * panel.scales[group][vector];
    }
  }
}

/** Add the products of a super-block of a panel with some inputs. */
template <class Lanes, int Groups, bool Minima, int Inputs>
[[gnu::noinline]] void multiplyRounded(const RoundedPanel<Lanes, Groups>& panel, const PanelInput* const (&inputs)[Inputs],
                                       PanelSums<Lanes>* sums) {
  PanelSums<Lanes> products[Inputs] = {};
  if constexpr (Minima) addMinima<Lanes, Groups, Inputs>(panel.minima, inputs, products);
#pragma GCC unroll 1
  for (int group = 0; group < Groups; group++) addGroup<Lanes, Groups, Inputs>(panel, inputs, group, products);
  addScaled<Lanes, Inputs>(products, inputs, sums);
}

}  // namespace
}  // namespace halftone
