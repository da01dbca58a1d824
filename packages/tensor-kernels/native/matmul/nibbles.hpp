// Codes of four bits that look up a codebook of sixteen values, as vectors: what such formats share.
#pragma once

#include "unpack.hpp"

namespace halftone {
namespace {

/** The values of a codebook, counted from its least one, so that they are bytes and the first is 0. */
template <class Search>
struct CodebookBytes {
  uint8_t of[16];

  static constexpr CodebookBytes make() {
    CodebookBytes bytes = {};
    for (int code = 0; code < 16; code++) bytes.of[code] = (uint8_t)(Search::codebook[code] - Search::codebook[0]);
    return bytes;
  }
};

/** Bytes in which the columns c and c + 16 of a run share one, as they are. */
template <class Lanes>
inline StepCodes<Lanes> splitNibbles(typename Lanes::Words nibbles) {
  return {nibbles & 15, nibbles >> 8 & 15, nibbles >> 4 & 15, nibbles >> 12};
}

/** The same, looked up. */
template <class Lanes, class Search>
inline StepCodes<Lanes> lookUpNibbles(typename Lanes::Words nibbles) {
  static constexpr CodebookBytes<Search> bytes = CodebookBytes<Search>::make();
  const auto table = Lanes::loadEverywhere(bytes.of);
  StepCodes<Lanes> codes = splitNibbles<Lanes>(nibbles);
  // The upper byte of each index looks up the first entry, which is 0: so the result is a word.
  for (auto& words : codes.of) words = Lanes::shuffleBytes(table, words);
  return codes;
}

/** Scales with a variant of the codebook each. */
template <class Lanes, class Search>
struct NibbleGroups {
  using Int = typename Lanes::Int;
  using Words = typename Lanes::Words;
  static constexpr int groups = SUPER_BLOCK / Search::blockLength;
  static constexpr int largestCode = (int)(Search::codebook[15] - Search::codebook[0]);

  GroupVectors<Lanes, groups> scales;
  GroupVectors<Lanes, groups> bases;

 protected:
  template <class Body>
  [[gnu::always_inline]] void eachVector(Body body) {
    unroll<Grouping<Lanes, groups>::vectors>(body);
  }

  template <int Vector, class At>
  static Int pick(Constant<Vector>, Words header, At at) {
    return pickBytes<Lanes, groups, Vector>(header, at);
  }

  /** To the left by `Of{}(group)` bits. */
  template <int Vector, class Of>
  static Int shift(Constant<Vector>, Int value, Of of) {
    return Lanes::shiftLeft(value, constantPerGroup<Lanes, groups, Vector>(of));
  }

  /** `variants`: 0, or 1 where the values of the codebook are shifted. */
  template <int Vector>
  void set(Constant<Vector>, float superScale, Int multipliers, Int variants) {
    const float shift = Search::shifts[1] - Search::shifts[0];
    scales.of[Vector] = toFloat<Lanes>(multipliers) * superScale;
    bases.of[Vector] = Search::codebook[0] + toFloat<Lanes>(variants) * shift;
  }
};

}  // namespace
}  // namespace halftone
