// Products of quantized weights with inputs that were rounded to bytes, as the loops of products.hpp ask for them.
#pragma once

#include "byte_panel.hpp"
#include "rounded.hpp"

namespace halftone {
namespace {

/** Panels read all inputs of a block one after another, so they stand like that. */
inline ByteInput& byteInput(const MatmulTask& task, void* prepared, size_t index, size_t block) {
  return ((ByteInput*)prepared)[block * task.count + index];
}

/** Formats whose super-blocks have `Groups` groups of columns, each with a minimum or not. More than a few inputs. */
template <class LanesOf, int Groups, bool Minima>
struct ByteProducts {
  using Lanes = LanesOf;
  using PanelInput = ByteInput;
  static constexpr size_t inputBlockBytes = sizeof(PanelInput);
  using Panel = BytePanel<Lanes, Groups>;

  const MatmulTask& task;
  const RoundedFormat<Lanes>& format;
  const void* prepared;

  const PanelInput* panelInput(size_t index, size_t block) const { return &byteInput(task, (void*)prepared, index, block); }

  /** Unpack a super-block of four rows into a panel, from row `at` of it on. */
  void unpackRows(const size_t (&rows)[4], size_t block, Panel& panel, int at) const {
    CodeBlock<Lanes> unpacked[4];
    for (int i = 0; i < 4; i++) format.unpackBlocks(task, rows[i], block, 1, &unpacked[i]);
    placeByteRows<Lanes, Groups, Minima>(unpacked, format.unitShift, panel, at);
  }

  void completePanel(Panel& panel) const { finishBytes<Lanes, Groups>(format.unitShift, panel); }

  template <int Inputs>
  static void multiplyPanel(const Panel& panel, size_t, const PanelInput* const (&inputs)[Inputs], PanelSums<Lanes>* sums) {
    multiplyBytes<Lanes, Groups, Minima, Inputs>(panel, inputs, sums);
  }
};

}  // namespace
}  // namespace halftone
