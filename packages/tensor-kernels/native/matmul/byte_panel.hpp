// A panel of quantized rows with many inputs, in bytes: as rounded_panel.hpp does it in words, but that four columns share a lane.
#pragma once

#include "byte_input.hpp"
#include "rounded_panel.hpp"

namespace halftone {
namespace {

/** Processors that add four products of a byte without and one with a sign to each lane at once. */
template <class Lanes>
concept MultipliesBytes = requires(typename Lanes::Int sums, typename Lanes::Words bytes) { Lanes::addQuads(sums, bytes, bytes); };

/** A super-block of the rows of a panel. */
template <class Lanes, int Groups>
struct BytePanel {
  /** Four neighbouring columns, for each row. */
  typename Lanes::Int quads[SUPER_BLOCK / 4][PANEL_VECTORS];
  /** What sums of products start from: the codes of a group times what is too much in the bytes of inputs. */
  typename Lanes::Int starts[Groups][PANEL_VECTORS];
  typename Lanes::Float scales[Groups][PANEL_VECTORS];
  /** Of formats that have some. */
  typename Lanes::Float minima[Groups][PANEL_VECTORS];
};

/** Codes that are `1 << shift` to a unit, as units. */
template <class Lanes>
inline typename Lanes::Words toUnits(typename Lanes::Words codes, int shift) {
  typedef typename Lanes::SignedWords Signed;
  return shift == 0 ? codes : (typename Lanes::Words)(((Signed)codes + (int16_t)(1 << shift >> 1)) >> shift);
}

/** Put a super-block of four rows into a panel, from row `row` of it on. */
template <class Lanes, int Groups, bool Minima>
void placeByteRows(const CodeBlock<Lanes> (&blocks)[4], int shift, BytePanel<Lanes, Groups>& panel, int row) {
  using Int = typename Lanes::Int;
  placeGroups<Lanes, Groups>({blocks[0].scales, blocks[1].scales, blocks[2].scales, blocks[3].scales}, panel.scales, row);
  if constexpr (Minima) {
    placeGroups<Lanes, Groups>({blocks[0].minima, blocks[1].minima, blocks[2].minima, blocks[3].minima}, panel.minima, row);
  }
  for (int step = 0; step < STEPS<Lanes>; step++) {
    for (int half = 0; half < 2; half++) {
      Int quads[4];
      for (int i = 0; i < 4; i++) {
        const auto& words = blocks[i].steps[step].of;
        const auto even = toUnits<Lanes>(words[2 * half], shift);
        const auto odd = toUnits<Lanes>(words[2 * half + 1], shift);
        quads[i] = (Int)((even & 255) | odd << 8);
      }
      transposeParts(quads);
      for (int quad = 0; quad < 4; quad++) {
        storeParts(quads[quad], [&](int part) {
          return (int32_t*)panel.quads[(step * Lanes::parts + part) * 8 + 4 * half + quad] + row;
        });
      }
    }
  }
}

/** Complete a panel all of whose rows were placed. Codes that are `1 << shift` to a unit were made units. */
template <class Lanes, int Groups>
void finishBytes(int shift, BytePanel<Lanes, Groups>& panel) {
  using Int = typename Lanes::Int;
  constexpr int quads = SUPER_BLOCK / 4 / Groups;
  const auto zeros = (typename Lanes::Words)broadcast<Int>((int32_t)(0x01010101u * BYTE_ZERO));
  for (int group = 0; group < Groups; group++) {
    for (int vector = 0; vector < PANEL_VECTORS; vector++) {
      Int sum = {};
      for (int quad = 0; quad < quads; quad++) {
        sum = Lanes::addQuads(sum, zeros, (typename Lanes::Words)panel.quads[group * quads + quad][vector]);
      }
      panel.starts[group][vector] = -sum;
      panel.scales[group][vector] *= (float)(1 << shift);
    }
  }
}

/** The rows' codes of four columns times those of some inputs. */
template <class Lanes, int Inputs>
[[gnu::always_inline]] inline void addQuad(const typename Lanes::Int (&weights)[PANEL_VECTORS],
                                           const ByteInput* const (&inputs)[Inputs], int column,
                                           typename Lanes::Int (&sums)[Inputs][PANEL_VECTORS]) {
  using Words = typename Lanes::Words;
#pragma GCC unroll 16
  for (int i = 0; i < Inputs; i++) {
    const auto input = (Words)broadcast<typename Lanes::Int>(read<int32_t>(inputs[i]->bytes + column));
#pragma GCC unroll 4
    for (int vector = 0; vector < PANEL_VECTORS; vector++) {
      sums[i][vector] = Lanes::addQuads(sums[i][vector], input, (Words)weights[vector]);
    }
  }
}

/** Add the products of a group of columns of a panel with some inputs. */
template <class Lanes, int Groups, int Inputs>
[[gnu::always_inline]] inline void addByteGroup(const BytePanel<Lanes, Groups>& panel, const ByteInput* const (&inputs)[Inputs],
                                                int group, PanelSums<Lanes> (&sums)[Inputs]) {
  constexpr int quads = SUPER_BLOCK / 4 / Groups;
  typename Lanes::Int products[Inputs][PANEL_VECTORS];
#pragma GCC unroll 16
  for (int i = 0; i < Inputs; i++) {
#pragma GCC unroll 4
    for (int vector = 0; vector < PANEL_VECTORS; vector++) products[i][vector] = panel.starts[group][vector];
  }
#pragma GCC unroll 1
  for (int quad = group * quads; quad < (group + 1) * quads; quad++) {
    addQuad<Lanes, Inputs>(panel.quads[quad], inputs, 4 * quad, products);
  }
#pragma GCC unroll 16
  for (int i = 0; i < Inputs; i++) {
#pragma GCC unroll 4
    for (int vector = 0; vector < PANEL_VECTORS; vector++) {
      sums[i].of[vector] += toFloat<Lanes>(products[i][vector]) * panel.scales[group][vector];
    }
  }
}

/** Add the products of a super-block of a panel with some inputs. */
template <class Lanes, int Groups, bool Minima, int Inputs>
[[gnu::noinline]] void multiplyBytes(const BytePanel<Lanes, Groups>& panel, const ByteInput* const (&inputs)[Inputs],
                                     PanelSums<Lanes>* sums) {
  PanelSums<Lanes> products[Inputs] = {};
  if constexpr (Minima) addMinima<Lanes, Groups, Inputs>(panel.minima, inputs, products);
#pragma GCC unroll 1
  for (int group = 0; group < Groups; group++) addByteGroup<Lanes, Groups, Inputs>(panel, inputs, group, products);
  addScaled<Lanes, Inputs>(products, inputs, sums);
}

}  // namespace
}  // namespace halftone
