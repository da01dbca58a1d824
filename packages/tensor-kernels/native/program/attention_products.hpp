// The two products of attention, in floats: queries with keys, and exponentials with values.
#pragma once

#include "../simd/reduce.hpp"

namespace halftone {
namespace {

/** `Rows` x `Columns` sums of products at once: what is loaded serves several of them. */
template <class Lanes, int Rows, int Columns>
inline void multiplyTransposedTile(const float* a, const float* b, size_t stride, float* out, size_t outStride) {
  using Float = typename Lanes::Float;
  Float sums[Rows][Columns] = {};
  for (size_t i = 0; i < stride; i += Lanes::width) {
    for (int column = 0; column < Columns; column++) {
      const Float right = load<Float>(b + column * stride + i);
      for (int row = 0; row < Rows; row++) sums[row][column] += load<Float>(a + row * stride + i) * right;
    }
  }
  for (int row = 0; row < Rows; row++) {
    for (int column = 0; column < Columns; column++) out[row * outStride + column] = sumOf<Lanes>(sums[row][column]);
  }
}

template <class Lanes, int Rows>
inline void multiplyTransposedRows(const float* a, const float* b, size_t columns, size_t stride, float* out, size_t outStride) {
  size_t column = 0;
  for (; column + 2 <= columns; column += 2) {
    multiplyTransposedTile<Lanes, Rows, 2>(a, b + column * stride, stride, out + column, outStride);
  }
  if (column < columns) multiplyTransposedTile<Lanes, Rows, 1>(a, b + column * stride, stride, out + column, outStride);
}

/** `out` (rows, columns) = `a` (rows, stride) times the transpose of `b` (columns, stride); `stride` is a multiple of the lanes. */
template <class Lanes>
void multiplyTransposed(const float* a, size_t rows, const float* b, size_t columns, size_t stride, float* out, size_t outStride) {
  size_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    multiplyTransposedRows<Lanes, 4>(a + row * stride, b, columns, stride, out + row * outStride, outStride);
  }
  for (; row < rows; row++) {
    multiplyTransposedRows<Lanes, 1>(a + row * stride, b, columns, stride, out + row * outStride, outStride);
  }
}

template <class Lanes, int Rows, int Vectors>
inline void addProductTile(const float* a, size_t aStride, const float* b, size_t length, size_t stride, float* out) {
  using Float = typename Lanes::Float;
  Float sums[Rows][Vectors];
  for (int row = 0; row < Rows; row++) {
    for (int v = 0; v < Vectors; v++) sums[row][v] = load<Float>(out + row * stride + v * Lanes::width);
  }
  for (size_t i = 0; i < length; i++) {
    for (int v = 0; v < Vectors; v++) {
      const Float right = load<Float>(b + i * stride + v * Lanes::width);
      for (int row = 0; row < Rows; row++) sums[row][v] += right * a[row * aStride + i];
    }
  }
  for (int row = 0; row < Rows; row++) {
    for (int v = 0; v < Vectors; v++) store(out + row * stride + v * Lanes::width, sums[row][v]);
  }
}

template <class Lanes, int Rows>
inline void addProductRows(const float* a, size_t aStride, const float* b, size_t length, size_t stride, float* out) {
  size_t column = 0;
  for (; column + 2 * Lanes::width <= stride; column += 2 * Lanes::width) {
    addProductTile<Lanes, Rows, 2>(a, aStride, b + column, length, stride, out + column);
  }
  if (column < stride) addProductTile<Lanes, Rows, 1>(a, aStride, b + column, length, stride, out + column);
}

/** `out` (rows, stride) += `a` (rows, length) times `b` (length, stride); `stride` is a multiple of the lanes. */
template <class Lanes>
void addProduct(const float* a, size_t rows, size_t aStride, const float* b, size_t length, size_t stride, float* out) {
  size_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    addProductRows<Lanes, 4>(a + row * aStride, aStride, b, length, stride, out + row * stride);
  }
  for (; row < rows; row++) addProductRows<Lanes, 1>(a + row * aStride, aStride, b, length, stride, out + row * stride);
}

}  // namespace
}  // namespace halftone
