// Products of quantized weights with rounded inputs, as the loops of products.hpp ask for them.
#pragma once

#include "rounded_panel.hpp"
#include "rounded_row.hpp"

namespace halftone {
namespace {

/** What is compiled for each format. */
template <class Lanes>
struct RoundedFormat {
  float (*multiplyOne)(const MatmulTask& task, size_t row, const InputBlock<Lanes>* input);
  void (*unpackBlocks)(const MatmulTask& task, size_t row, size_t first, size_t count, CodeBlock<Lanes>* out);
  /** Codes are `1 << unitShift` to a unit; units fit in a byte with its sign. */
  int unitShift;
};

/** Panels read all inputs of a block one after another, so they stand like that. */
inline PanelInput& panelInput(const MatmulTask& task, void* prepared, size_t index, size_t block) {
  return ((PanelInput*)prepared)[block * task.count + index];
}

/** Formats whose super-blocks have `Groups` groups of columns, each with a minimum or not. */
template <class LanesOf, int Groups, bool Minima>
struct RoundedProducts {
  using Lanes = LanesOf;
  using Input = InputBlock<Lanes>;
  using PanelInput = halftone::PanelInput;
  static constexpr size_t inputBlockBytes = sizeof(PanelInput);
  using Panel = RoundedPanel<Lanes, Groups>;
  using Stored = StoredVectors<Lanes, Groups, Minima>;

  const MatmulTask& task;
  const RoundedFormat<Lanes>& format;
  const void* prepared;

  const Input* inputRow(size_t index) const { return (const Input*)prepared + index * superBlocksOf(task.columns); }
  const PanelInput* panelInput(size_t index, size_t block) const { return &halftone::panelInput(task, (void*)prepared, index, block); }

  template <int Inputs>
  void multiplyRow(size_t row, const Input* const (&inputs)[Inputs], float (&out)[Inputs]) const {
    if constexpr (Inputs == 1) {
      out[0] = format.multiplyOne(task, row, inputs[0]);
    } else {
      RowSums<Lanes, Inputs> sums;
      const size_t blocks = superBlocksOf(task.columns);
      for (size_t first = 0; first < blocks; first += UNPACKED_BLOCKS) {
        const size_t count = blocks - first < UNPACKED_BLOCKS ? blocks - first : UNPACKED_BLOCKS;
        CodeBlock<Lanes> unpacked[UNPACKED_BLOCKS];
        format.unpackBlocks(task, row, first, count, unpacked);
        for (size_t i = 0; i < count; i++) {
          addSuperBlock<Lanes, Stored, Inputs>(Stored(unpacked[i]), inputs, first + i, sums);
        }
      }
      for (int i = 0; i < Inputs; i++) out[i] = sumOf<Lanes>(sums.of[i]);
    }
  }

  /** Unpack a super-block of four rows into a panel, from row `at` of it on. */
  void unpackRows(const size_t (&rows)[4], size_t block, Panel& panel, int at) const {
    CodeBlock<Lanes> unpacked[4];
    for (int i = 0; i < 4; i++) format.unpackBlocks(task, rows[i], block, 1, &unpacked[i]);
    placeRows<Lanes, Groups, Minima>(unpacked, panel, at);
  }

  static void completePanel(Panel&) {}

  template <int Inputs>
  static void multiplyPanel(const Panel& panel, size_t, const PanelInput* const (&inputs)[Inputs], PanelSums<Lanes>* sums) {
    multiplyRounded<Lanes, Groups, Minima, Inputs>(panel, inputs, sums);
  }

 private:
  /** Unpacked together, in the nearest cache. */
  static constexpr size_t UNPACKED_BLOCKS = 4;
};

}  // namespace
}  // namespace halftone
