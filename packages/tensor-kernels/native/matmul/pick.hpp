// Bytes of packed weights brought to where their columns stand in vectors, and constants that stand there.
#pragma once

#include "../simd/parts.hpp"
#include "order.hpp"

namespace halftone {
namespace {

/** A place that is none: a zero is shuffled there. */
constexpr int NONE = 0x80;

template <int Lanes>
struct BytePlaces {
  alignas(64) uint8_t of[4 * Lanes];
};

/**
 * A number per group, made of bytes of `header`, the same in each part: byte k of the number of group g is byte `At{}(g, k)`.
 * These are the numbers of vector `Vector` in the order of `Grouping`; where there is no group, the number is zero.
 */
template <class Lanes, int Groups, int Vector, class At>
inline typename Lanes::Int pickBytes(typename Lanes::Words header, At) {
  static constexpr auto places = [] {
    BytePlaces<Lanes::width> made = {};
    for (int i = 0; i < 4 * Lanes::width; i++) {
      const int group = Grouping<Lanes, Groups>::groupAt(Vector * Lanes::width + i / 4);
      made.of[i] = (uint8_t)(group < 0 ? NONE : At{}(group, i % 4));
    }
    return made;
  }();
  return (typename Lanes::Int)Lanes::shuffleBytes(header, load<typename Lanes::Words>(places.of));
}

/** A constant per word of a part, the same in each part. */
template <class Lanes, class Of>
inline typename Lanes::Words constantPerWord(Of) {
  struct Constants {
    alignas(64) uint16_t of[2 * Lanes::width];
  };
  static constexpr auto constants = [] {
    Constants made = {};
    for (int i = 0; i < 2 * Lanes::width; i++) made.of[i] = (uint16_t)Of{}(i % 8);
    return made;
  }();
  return load<typename Lanes::Words>(constants.of);
}

/** In each part, for each of its eight words, byte `At{}(word)` of the part. */
template <class Lanes, class At>
inline typename Lanes::Words pickWords(typename Lanes::Words bytes, At) {
  const auto places = constantPerWord<Lanes>([](int word) { return At{}(word) | 0x8000; });
  return Lanes::shuffleBytes(bytes, places);
}

/** A constant per group, for vector `Vector` in the order of `Grouping`. */
template <class Lanes, int Groups, int Vector, class Of>
inline typename Lanes::Int constantPerGroup(Of) {
  struct Constants {
    alignas(64) int32_t of[Lanes::width];
  };
  static constexpr auto constants = [] {
    Constants made = {};
    for (int lane = 0; lane < Lanes::width; lane++) {
      const int group = Grouping<Lanes, Groups>::groupAt(Vector * Lanes::width + lane);
      made.of[lane] = group < 0 ? 0 : Of{}(group);
    }
    return made;
  }();
  return load<typename Lanes::Int>(constants.of);
}

/** A constant per part, four times in it: `Of{}(run)` of the runs of step `Step`. */
template <class Lanes, int Step, class Of>
inline typename Lanes::Int constantPerRun(Of) {
  struct Constants {
    alignas(64) int32_t of[Lanes::width];
  };
  static constexpr auto constants = [] {
    Constants made = {};
    for (int lane = 0; lane < Lanes::width; lane++) made.of[lane] = Of{}(Step * Lanes::parts + lane / 4);
    return made;
  }();
  return load<typename Lanes::Int>(constants.of);
}

}  // namespace
}  // namespace halftone
