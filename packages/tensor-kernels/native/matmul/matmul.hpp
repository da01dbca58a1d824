// Products by decoding each weight row to f32: right for every format.
#pragma once

#include "../simd/lanes.hpp"
#include "task.hpp"

namespace halftone {
namespace {

/** The sum of products. Four sums side by side hide the time that an addition takes. */
template <class Lanes>
inline float dotProduct(const float* a, const float* b, size_t length) {
  using Float = typename Lanes::Float;
  constexpr size_t width = Lanes::width;
  Float sums[4] = {};
  size_t i = 0;
  for (; i + 4 * width <= length; i += 4 * width) {
    for (size_t k = 0; k < 4; k++) sums[k] += load<Float>(a + i + k * width) * load<Float>(b + i + k * width);
  }
  for (; i + width <= length; i += width) sums[0] += load<Float>(a + i) * load<Float>(b + i);
  const Float all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  float sum = 0;
  for (size_t lane = 0; lane < width; lane++) sum += all[lane];
  for (; i < length; i++) sum += a[i] * b[i];
  return sum;
}

inline MatmulPlan planMatmul(const MatmulTask& task) {
  return {.inputForm = 0, .preparedBytes = 0, .scratchBytes = task.columns * sizeof(float), .inputStep = 1, .rowStep = 1};
}

inline void prepareInput(const MatmulTask&, void*, size_t, size_t) {}

template <class Lanes>
void multiplyRows(const MatmulTask& task, const void*, size_t firstRow, size_t rowCount, void* scratch) {
  float* const weights = (float*)scratch;
  for (size_t row = firstRow; row < firstRow + rowCount; row++) {
    task.format->decodeRows(task.weights + row * task.bytesPerRow(), 1, task.columns, weights);
    const float bias = task.bias == nullptr ? 0 : task.bias[row];
    for (size_t i = 0; i < task.count; i++) {
      task.outRow(i)[row] = dotProduct<Lanes>(weights, task.inputRow(i), task.columns) + bias;
    }
  }
}

template <class Lanes>
constexpr MatmulKernels matmulKernels() {
  return {planMatmul, prepareInput, multiplyRows<Lanes>};
}

}  // namespace
}  // namespace halftone
