// Products of weights that are floats, and of those that nothing is known of but how to decode them: nothing is rounded.
#pragma once

#include "panel.hpp"
#include "task.hpp"
#include "unpack.hpp"

namespace halftone {
namespace {

/** Columns that are converted together. */
constexpr size_t FLOAT_BLOCK = 256;

/** Bytes of weights that are asked for ahead. */
constexpr size_t FLOATS_AHEAD = 2048;

/** Whether a format says how a vector of its weights becomes floats. */
template <class Lanes, class Format>
concept LoadsVectors = requires(const uint8_t* bytes) { Format::template loadVector<Lanes>(bytes); };

/** `count` weights of a row from `column` on, which starts a block of 256, as floats; `out` holds 256. */
template <class Lanes, class Format>
inline void readFloats(const uint8_t* row, size_t column, size_t count, float* out) {
  static_assert(Format::rowPrefixBytes == 0, "formats with a scale per row need vectors of their own");
  const uint8_t* bytes = row + column / Format::blockLength * Format::bytesPerBlock;
  size_t done = 0;
  if constexpr (LoadsVectors<Lanes, Format>) {
    for (; done + Lanes::width <= count; done += Lanes::width) {
      store(out + done, Format::template loadVector<Lanes>(bytes + done * Format::bytesPerBlock));
    }
  }
  Format::decodeRow(bytes + done / Format::blockLength * Format::bytesPerBlock, count - done, out + done);
}

/** A block of columns of the rows of a panel. */
template <class Lanes>
struct FloatPanel {
  typename Lanes::Float weights[FLOAT_BLOCK][PANEL_VECTORS];
};

/** Sums for some inputs, each with some rows of lanes so that additions need not wait for each other. */
template <class Lanes, int Inputs>
struct FloatSums {
  static constexpr int sideBySide = Inputs == 1 ? 4 : 2;
  typename Lanes::Float of[Inputs][sideBySide] = {};

  float total(int input) const {
    typename Lanes::Float all = of[input][0];
    for (int i = 1; i < sideBySide; i++) all += of[input][i];
    return sumOf<Lanes>(all);
  }
};

/** Add the products of `count` weights, which `load(column)` gives as vectors, and `rest(column)` one by one. */
template <class Lanes, int Inputs, class Load>
[[gnu::always_inline]] inline size_t addVectors(Load loadWeights, size_t count, size_t offset,
                                                const float* const (&inputs)[Inputs], FloatSums<Lanes, Inputs>& sums) {
  constexpr size_t together = FloatSums<Lanes, Inputs>::sideBySide;
  size_t column = 0;
  for (; column + together * Lanes::width <= count; column += together * Lanes::width) {
#pragma GCC unroll 4
    for (size_t k = 0; k < together; k++) {
      const auto weights = loadWeights(column + k * Lanes::width);
#pragma GCC unroll 8
      for (int i = 0; i < Inputs; i++) {
        sums.of[i][k] += weights * load<typename Lanes::Float>(inputs[i] + offset + column + k * Lanes::width);
      }
    }
  }
  return column;
}

/** Add the products of up to a block of `weights`, which are those from `column` on; what is left of whole vectors goes into `rest`. */
template <class Lanes, int Inputs>
void addFloats(const float* weights, size_t count, size_t column, const float* const (&inputs)[Inputs],
               FloatSums<Lanes, Inputs>& sums, float (&rest)[Inputs]) {
  const auto loadWeights = [&](size_t i) { return load<typename Lanes::Float>(weights + i); };
  for (size_t i = addVectors<Lanes, Inputs>(loadWeights, count, column, inputs, sums); i < count; i++) {
    for (int input = 0; input < Inputs; input++) rest[input] += weights[i] * inputs[input][column + i];
  }
}

/** What is compiled for each format. */
struct FloatFormat {
  float (*multiplyOne)(const MatmulTask& task, size_t row, const float* input);
  void (*readFloats)(const uint8_t* row, size_t column, size_t count, float* out);
};

/** The product of a packed row with one input: vectors are converted in registers, if the format says how. */
template <class Lanes, class Format>
float multiplyOneFloat(const MatmulTask& task, size_t row, const float* input) {
  const uint8_t* bytes = task.weights + row * bytesPerRow<Format>(task.columns);
  FloatSums<Lanes, 1> sums;
  float rest[1] = {};
  size_t done = 0;
  if constexpr (LoadsVectors<Lanes, Format>) {
    const auto load = [&](size_t column) {
      __builtin_prefetch(bytes + column * Format::bytesPerBlock + FLOATS_AHEAD);
      return Format::template loadVector<Lanes>(bytes + column * Format::bytesPerBlock);
    };
    done = addVectors<Lanes, 1>(load, task.columns, 0, {input}, sums);
  }
  for (size_t count; done < task.columns; done += count) {
    count = task.columns - done < FLOAT_BLOCK ? task.columns - done : FLOAT_BLOCK;
    alignas(64) float weights[FLOAT_BLOCK];
    readFloats<Lanes, Format>(bytes, done, count, weights);
    addFloats<Lanes, 1>(weights, count, done, {input}, sums, rest);
  }
  return sums.total(0) + rest[0];
}

template <class LanesOf>
struct FloatProducts {
  using Lanes = LanesOf;
  using Float = typename Lanes::Float;
  using Input = float;
  using PanelInput = float;
  static constexpr size_t inputBlockBytes = FLOAT_BLOCK * sizeof(float);
  using Panel = FloatPanel<Lanes>;

  const MatmulTask& task;
  const FloatFormat& format;

  const Input* inputRow(size_t index) const { return task.inputRow(index); }
  const PanelInput* panelInput(size_t index, size_t block) const { return task.inputRow(index) + block * FLOAT_BLOCK; }

  template <int Inputs>
  void multiplyRow(size_t row, const Input* const (&inputs)[Inputs], float (&out)[Inputs]) const {
    if constexpr (Inputs == 1) {
      out[0] = format.multiplyOne(task, row, inputs[0]);
    } else {
      FloatSums<Lanes, Inputs> sums;
      float rest[Inputs] = {};
      for (size_t column = 0; column < task.columns; column += FLOAT_BLOCK) {
        const size_t count = blockLength(column);
        alignas(64) float weights[FLOAT_BLOCK];
        format.readFloats(packedRow(row), column, count, weights);
        addFloats<Lanes, Inputs>(weights, count, column, inputs, sums, rest);
      }
      for (int i = 0; i < Inputs; i++) out[i] = sums.total(i) + rest[i];
    }
  }

  void unpackRows(const size_t (&rows)[4], size_t block, Panel& panel, int at) const {
    const size_t column = block * FLOAT_BLOCK;
    const size_t count = blockLength(column);
    alignas(64) float weights[4][FLOAT_BLOCK];
    for (int i = 0; i < 4; i++) {
      format.readFloats(packedRow(rows[i]), column, count, weights[i]);
      for (size_t missing = count; missing < FLOAT_BLOCK; missing++) weights[i][missing] = 0;
    }
    for (size_t first = 0; first < count; first += Lanes::width) {
      Float turned[4];
      for (int i = 0; i < 4; i++) turned[i] = load<Float>(weights[i] + first);
      transposeParts(turned);
      for (int item = 0; item < 4; item++) {
        storeParts(turned[item], [&](int part) { return (float*)panel.weights[first + 4 * (size_t)part + item] + at; });
      }
    }
  }

  static void completePanel(Panel&) {}

  template <int Inputs>
  static void multiplyPanel(const Panel& panel, size_t columns, const Input* const (&inputs)[Inputs], PanelSums<Lanes>* sums) {
    Float products[Inputs][PANEL_VECTORS] = {};
    for (size_t column = 0; column < columns; column++) {
#pragma GCC unroll 16
      for (int i = 0; i < Inputs; i++) {
        const Float input = broadcast<Float>(inputs[i][column]);
#pragma GCC unroll 4
        for (int vector = 0; vector < PANEL_VECTORS; vector++) products[i][vector] += panel.weights[column][vector] * input;
      }
    }
    for (int i = 0; i < Inputs; i++) {
      for (int vector = 0; vector < PANEL_VECTORS; vector++) sums[i].of[vector] += products[i][vector];
    }
  }

 private:
  const uint8_t* packedRow(size_t row) const { return task.weights + row * task.bytesPerRow(); }
  size_t blockLength(size_t column) const { return task.columns - column < FLOAT_BLOCK ? task.columns - column : FLOAT_BLOCK; }
};

}  // namespace
}  // namespace halftone
