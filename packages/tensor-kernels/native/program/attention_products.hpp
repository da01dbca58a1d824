// The products of attention, in floats: of queries with keys, and of exponentials with values.
#pragma once

#include "../simd/reduce.hpp"

namespace halftone {
namespace {

/** Vectors of a tile of sums: with four rows, as many as there are registers for. */
template <class Lanes>
constexpr int TILE_VECTORS = Lanes::width >= 16 ? 4 : 2;

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
  constexpr size_t together = TILE_VECTORS<Lanes> * Lanes::width;
  for (; column + together <= stride; column += together) {
    addProductTile<Lanes, Rows, TILE_VECTORS<Lanes>>(a, aStride, b + column, length, stride, out + column);
  }
  for (; column < stride; column += Lanes::width) addProductTile<Lanes, Rows, 1>(a, aStride, b + column, length, stride, out + column);
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
