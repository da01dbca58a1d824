// Vectors as parts of 128 bits. Compilers make the one shuffle, load or store out of each of these that it asks for.
#pragma once

#include "lanes.hpp"
#include "unroll.hpp"

namespace halftone {
namespace {

/** Items of four bytes out of the parts of two vectors: `Places` 0 to 3 are those of `a`, 4 to 7 those of `b`. */
template <int P0, int P1, int P2, int P3, class Vector, int... Items>
inline Vector shuffleParts(Vector a, Vector b, Sequence<Items...>) {
  constexpr int places[] = {P0, P1, P2, P3};
  return __builtin_shufflevector(
      a, b, (Items / 4 * 4 + places[Items % 4] % 4 + places[Items % 4] / 4 * (int)sizeof...(Items))...);
}

template <int P0, int P1, int P2, int P3, class Vector>
inline Vector shuffleParts(Vector a, Vector b) {
  return shuffleParts<P0, P1, P2, P3>(a, b, Upto<sizeof(Vector) / 4>{});
}

/** In each part, item `Place` four times. */
template <int Place, class Vector>
inline Vector spread(Vector vector) {
  return shuffleParts<Place, Place, Place, Place>(vector, vector);
}

/** In each part, turn over the matrix of (4 vectors, 4 items). */
template <class Vector>
inline void transposeParts(Vector (&rows)[4]) {
  const Vector low01 = shuffleParts<0, 4, 1, 5>(rows[0], rows[1]);
  const Vector high01 = shuffleParts<2, 6, 3, 7>(rows[0], rows[1]);
  const Vector low23 = shuffleParts<0, 4, 1, 5>(rows[2], rows[3]);
  const Vector high23 = shuffleParts<2, 6, 3, 7>(rows[2], rows[3]);
  rows[0] = shuffleParts<0, 1, 4, 5>(low01, low23);
  rows[1] = shuffleParts<2, 3, 6, 7>(low01, low23);
  rows[2] = shuffleParts<0, 1, 4, 5>(high01, high23);
  rows[3] = shuffleParts<2, 3, 6, 7>(high01, high23);
}

template <class Vector, class Half, int... Items>
inline Vector joinHalves(Half low, Half high, Sequence<Items...>) {
  return (Vector)__builtin_shufflevector(low, high, Items...);
}

/** The vector of which part p stands at the address `at(p)`. */
template <class Vector, class At>
inline Vector loadParts(At at) {
  if constexpr (sizeof(Vector) == 16) {
    return load<Vector>(at(0));
  } else {
    typedef uint8_t Half __attribute__((vector_size(sizeof(Vector) / 2)));
    const Half low = loadParts<Half>(at);
    const Half high = loadParts<Half>([&](int part) { return at(part + (int)sizeof(Half) / 16); });
    return joinHalves<Vector>(low, high, Upto<sizeof(Vector)>{});
  }
}

/** Part p goes to the address `at(p)`. */
template <class Vector, class At>
inline void storeParts(Vector vector, At at) {
  typedef float Part __attribute__((vector_size(16)));
  Part parts[sizeof(Vector) / sizeof(Part)];
  __builtin_memcpy(parts, &vector, sizeof vector);
  for (int part = 0; part < (int)(sizeof(Vector) / sizeof(Part)); part++) store(at(part), parts[part]);
}

}  // namespace
}  // namespace halftone
