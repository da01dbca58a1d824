// What programs need of vectors besides: sums and maxima of lanes, binary16, and rows whose length is no multiple of a vector's.
#pragma once

#include <stddef.h>

#include "lanes.hpp"

namespace halftone {
namespace {

/** The sum of all lanes, in halves. */
template <class Lanes>
inline float sumOf(typename Lanes::Float vector) {
  float lanes[Lanes::width];
  store(lanes, vector);
  for (int half = Lanes::width / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
  }
  return lanes[0];
}

/** The greatest lane; NaN loses. */
template <class Lanes>
inline float greatestOf(typename Lanes::Float vector) {
  float greatest = vector[0];
  for (int lane = 1; lane < Lanes::width; lane++) greatest = vector[lane] > greatest ? vector[lane] : greatest;
  return greatest;
}

/** Binary16, in the low half of each lane, to floats, exactly: as `f16ToF32` does, but that a NaN keeps its payload. */
template <class Lanes>
inline typename Lanes::Float halvesToFloats(typename Lanes::Int bits) {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  const Int magnitude = bits & 0x7fff;
  const Int belowNormal = (Int)(__builtin_convertvector(magnitude, Float) * 0x1p-24f);
  const Int normal = (magnitude + (112 << 10)) << 13;
  const Int isBelow = magnitude < 0x400;
  const Int special = (magnitude >= 0x7c00) & 0x7f800000;
  return (Float)((bits & 0x8000) << 16 | (isBelow & belowNormal) | (~isBelow & normal) | special);
}

/** Numbers of 16 bits without a sign, one in each lane. */
template <class Lanes>
inline typename Lanes::Int widenHalves(const uint8_t* from) {
  if constexpr (requires { Lanes::widenHalves(from); }) return Lanes::widenHalves(from);
  else return __builtin_convertvector(load<typename Lanes::Halves>(from), typename Lanes::Int);
}

template <class Lanes>
inline typename Lanes::Float loadHalves(const uint8_t* from) {
  if constexpr (requires { Lanes::convertHalves(from); }) return Lanes::convertHalves(from);
  else return halvesToFloats<Lanes>(widenHalves<Lanes>(from));
}

/** Signed bytes to floats. GCC 12 converts most vectors of them one by one. */
template <class Lanes>
inline typename Lanes::Float loadSignedBytes(const void* from) {
  if constexpr (requires { Lanes::convertBytes(from); }) return Lanes::convertBytes(from);
  else return __builtin_convertvector(load<typename Lanes::SignedBytes>(from), typename Lanes::Float);
}

/** `each(i)` for places of whole vectors below `length`, then `rest(i)` for the places that are left. */
template <class Lanes, class Each, class Rest>
inline void eachVector(size_t length, Each each, Rest rest) {
  size_t i = 0;
  for (; i + Lanes::width <= length; i += Lanes::width) each(i);
  for (; i < length; i++) rest(i);
}

/** The vector at `from`, of which only `length` lanes are in memory; the others are zero. */
template <class Lanes>
inline typename Lanes::Float loadSome(const float* from, size_t length) {
  float lanes[Lanes::width] = {};
  for (size_t lane = 0; lane < length; lane++) lanes[lane] = from[lane];
  return load<typename Lanes::Float>(lanes);
}

template <class Lanes>
inline void storeSome(float* to, typename Lanes::Float vector, size_t length) {
  for (size_t lane = 0; lane < length; lane++) to[lane] = vector[lane];
}

/** `out[i] = map(inputs[i]...)` for a range of rows without gaps. */
template <class Lanes, class Map, class... Input>
inline void mapEach(float* out, size_t first, size_t end, Map map, const Input*... inputs) {
  using Float = typename Lanes::Float;
  size_t i = first;
  for (; i + Lanes::width <= end; i += Lanes::width) store(out + i, map(load<Float>(inputs + i)...));
  if (i < end) storeSome<Lanes>(out + i, map(loadSome<Lanes>(inputs + i, end - i)...), end - i);
}

}  // namespace
}  // namespace halftone
