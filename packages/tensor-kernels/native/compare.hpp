// How far decoded weights are from the weights, and whether weights lie within a limit.
#pragma once

#include <stddef.h>

#include "numeric/half.hpp"
#include "square_errors.hpp"

namespace halftone {
namespace {

/** The place of the first value that is NaN or of larger magnitude than `limit`; `length` if there is none. */
inline size_t firstBeyond(const float* values, size_t length, double limit) {
  // The largest float within the limit says the same, without a conversion of each value.
  float floatLimit = (float)limit;
  if ((double)floatLimit > limit) floatLimit = floatOf(bitsOf(floatLimit) - 1);
  constexpr size_t stretch = 1024;
  for (size_t start = 0; start < length; start += stretch) {
    const size_t end = length - start < stretch ? length : start + stretch;
    int beyond = 0;
    for (size_t i = start; i < end; i++) beyond |= !(magnitudeOf(values[i]) <= floatLimit);
    if (beyond == 0) continue;
    for (size_t i = start; i < end; i++) {
      if (!(magnitudeOf(values[i]) <= floatLimit)) return i;
    }
  }
  return length;
}

/** Add the sums of `Rows` rows: each row in the order of its columns, several rows side by side to keep the adders busy. */
template <int Rows>
void addRowErrors(const float* weights, const float* decoded, size_t columns, const float* importance, SquareErrors& sums) {
  double error[Rows] = {};
  double energy[Rows] = {};
  double weightedError[Rows] = {};
  double weightedEnergy[Rows] = {};
  for (size_t column = 0; column < columns; column++) {
    const double columnImportance = importance == nullptr ? 1.0 : importance[column];
    for (int row = 0; row < Rows; row++) {
      const double weight = weights[row * columns + column];
      const double difference = weight - decoded[row * columns + column];
      error[row] += difference * difference;
      energy[row] += weight * weight;
      weightedError[row] += columnImportance * difference * difference;
      weightedEnergy[row] += columnImportance * weight * weight;
    }
  }
  for (int row = 0; row < Rows; row++) {
    sums.error += error[row];
    sums.energy += energy[row];
    sums.weightedError += weightedError[row];
    sums.weightedEnergy += weightedEnergy[row];
  }
}

/** Add the square errors of rows to `sums`, row after row. */
inline void squareErrors(const float* weights, const float* decoded, size_t rows, size_t columns, const float* importance,
                         SquareErrors& sums) {
  constexpr size_t together = 4;
  size_t row = 0;
  for (; row + together <= rows; row += together) {
    addRowErrors<together>(weights + row * columns, decoded + row * columns, columns, importance, sums);
  }
  for (; row < rows; row++) {
    addRowErrors<1>(weights + row * columns, decoded + row * columns, columns, importance, sums);
  }
}

}  // namespace
}  // namespace halftone
