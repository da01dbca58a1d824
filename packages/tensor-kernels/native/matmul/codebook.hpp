// Codes that look up a codebook of at most 32 values, as vectors: what such formats share.
#pragma once

#include "fields.hpp"
#include "groups.hpp"

namespace halftone {
namespace {

/** The values of a codebook, counted from its least one, so that they are bytes and the first is 0. Behind the last stand zeros. */
template <class Search>
struct CodebookBytes {
  static constexpr int length = lengthOf(Search::codebook) <= 16 ? 16 : 32;

  uint8_t of[length];

  static constexpr CodebookBytes make() {
    CodebookBytes bytes = {};
    for (int code = 0; code < lengthOf(Search::codebook); code++) {
      bytes.of[code] = (uint8_t)(Search::codebook[code] - Search::codebook[0]);
    }
    return bytes;
  }
};

/** Bytes in which the columns c and c + 16 of a run share one, looked up. */
template <class Lanes, class Search>
inline StepCodes<Lanes> lookUpNibbles(typename Lanes::Words nibbles) {
  static constexpr CodebookBytes<Search> bytes = CodebookBytes<Search>::make();
  const auto table = Lanes::loadEverywhere(bytes.of);
  StepCodes<Lanes> codes = splitNibbles<Lanes>(nibbles);
  // The upper byte of each index looks up the first entry, which is 0: so the result is a word.
  for (auto& words : codes.of) words = Lanes::shuffleBytes(table, words);
  return codes;
}

/** Bytes in the order of columns, looked up. A codebook of 32 values is two of sixteen: an index with its highest bit set gives 0. */
template <class Lanes, class Search>
inline StepCodes<Lanes> lookUpBytes(const StepBytes<Lanes>& codes) {
  static constexpr CodebookBytes<Search> bytes = CodebookBytes<Search>::make();
  const auto lookUp = [&](typename Lanes::Words places) {
    const auto lower = Lanes::loadEverywhere(bytes.of);
    if constexpr (CodebookBytes<Search>::length == 16) {
      return Lanes::shuffleBytes(lower, places);
    } else {
      const auto upper = Lanes::loadEverywhere(bytes.of + 16);
      const auto within = places & 0x0f0f;
      return Lanes::shuffleBytes(lower, within | (places & 0x1010) << 3) | Lanes::shuffleBytes(upper, within | (~places & 0x1010) << 3);
    }
  };
  return unsignedCodes<Lanes>(lookUp(codes.of[0]), lookUp(codes.of[1]));
}

}  // namespace
}  // namespace halftone
