// Products of quantized weights with rounded inputs, as the loops of products.hpp ask for them.
#pragma once

#include "rounded_panel.hpp"
#include "rounded_row.hpp"
#include "task.hpp"

namespace halftone {
namespace {

template <class LanesOf, class Format>
struct RoundedProducts {
  using Lanes = LanesOf;
  using Vectors = typename VectorsFor<Lanes, Format>::Type;
  using Input = InputBlock<Lanes>;
  using Panel = RoundedPanel<Lanes, Vectors::groups>;

  static const Input* inputRow(const MatmulTask& task, const void* prepared, size_t index) {
    return (const Input*)prepared + index * superBlocksOf(task.columns);
  }
  static const Input* inputBlock(const Input* row, size_t block) { return row + block; }

  template <int Inputs>
  static void multiplyRow(const MatmulTask& task, size_t row, const Input* const (&inputs)[Inputs], float (&out)[Inputs]) {
    halftone::multiplyRow<Lanes, Format, Inputs>(packedRow(task, row), superBlocksOf(task.columns), inputs, out);
  }

  /** Unpack a super-block of four rows into a panel, from row `at` of it on. */
  static void unpackRows(const MatmulTask& task, const size_t (&rows)[4], size_t block, Panel& panel, int at) {
    PaddedSuperBlock<Format> rooms[4];
    const auto unpack = [&](int i) {
      const PackedRow<Format> packed = packedRow(task, rows[i]);
      return Vectors(packed.superBlock(block, rooms[i]), packed.scale);
    };
    const Vectors unpacked[4] = {unpack(0), unpack(1), unpack(2), unpack(3)};
    placeRows<Lanes, Vectors>(unpacked, panel, at);
  }

  template <int Inputs>
  static void multiplyPanel(const Panel& panel, size_t, const Input* const (&inputs)[Inputs], PanelSums<Lanes>* sums) {
    multiplyRounded<Lanes, Vectors::groups, Inputs>(panel, inputs, sums);
  }

 private:
  static PackedRow<Format> packedRow(const MatmulTask& task, size_t row) {
    return {task.weights + row * task.bytesPerRow(), task.columns};
  }
};

}  // namespace
}  // namespace halftone
