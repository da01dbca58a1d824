// The portable part of the SIMD layer: arithmetic on vectors of any width, which GCC and Clang both turn into the instructions that
// the flags of a translation unit allow. What they cannot express, the look-up of lanes in a table, is told by each `Lanes`.
//
// Everything here and in the folders beside it stands in an unnamed namespace: each instruction set compiles its own copy, and the
// linker must never put one in the place of another.
#pragma once

#include <stdint.h>

namespace halftone {
namespace {

/** Vectors of `Width` numbers. A comparison of two gives an `Int` with -1 in the lanes where it holds. */
template <int Width>
struct Vectors {
  static constexpr int width = Width;
  /** Parts of 128 bits: what a shuffle of bytes stays within. */
  static constexpr int parts = Width / 4;
  typedef float Float __attribute__((vector_size(4 * Width)));
  typedef int32_t Int __attribute__((vector_size(4 * Width)));
  typedef uint16_t Words __attribute__((vector_size(4 * Width)));
  typedef int16_t SignedWords __attribute__((vector_size(4 * Width)));
  typedef uint64_t Longs __attribute__((vector_size(4 * Width)));
  typedef uint8_t Bytes __attribute__((vector_size(Width)));
  typedef int8_t SignedBytes __attribute__((vector_size(Width)));
  typedef uint16_t Halves __attribute__((vector_size(2 * Width)));
};

/** All lanes the same. Subtracting zeros, not adding to them, keeps the sign of -0. */
template <class Vector, class Number>
inline Vector broadcast(Number value) {
  return value - Vector{};
}

/** The vector at any address, aligned or not. */
template <class Vector>
inline Vector load(const void* from) {
  Vector vector;
  __builtin_memcpy(&vector, from, sizeof vector);
  return vector;
}

template <class Vector>
inline void store(void* to, Vector vector) {
  __builtin_memcpy(to, &vector, sizeof vector);
}

template <class Lanes>
inline typename Lanes::Float magnitudeOf(typename Lanes::Float value) {
  return (typename Lanes::Float)((typename Lanes::Int)value & 0x7fffffff);
}

/** Keep `value` between two bounds. NaN becomes the lower one, so that no index follows from it that lies outside a table. */
template <class Lanes>
inline typename Lanes::Float clamp(typename Lanes::Float value, float least, float greatest) {
  using Float = typename Lanes::Float;
  const Float low = broadcast<Float>(least);
  const Float high = broadcast<Float>(greatest);
  const Float raised = value > low ? value : low;
  return raised < high ? raised : high;
}

/** Towards zero. */
template <class Lanes>
inline typename Lanes::Int truncate(typename Lanes::Float value) {
  return __builtin_convertvector(value, typename Lanes::Int);
}

/** Look-up for instruction sets without a shuffle that is wide enough: one load per lane. */
template <class Vector>
inline typename Vector::Float lookUpEach(const float* table, typename Vector::Int index) {
  typename Vector::Float found = {};
  for (int lane = 0; lane < Vector::width; lane++) found[lane] = table[index[lane]];
  return found;
}

}  // namespace
}  // namespace halftone
