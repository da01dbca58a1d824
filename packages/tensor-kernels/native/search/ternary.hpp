// Weights of -1, 0 or 1 times one scale: the twin of packages/quant-formats/src/search/ternary.ts.
#pragma once

#include "load.hpp"

namespace halftone {
namespace {

/** Sorts the places of weights by falling magnitude, equals in their order. */
class MagnitudeOrder {
 public:
  MagnitudeOrder(Arena& arena, size_t length) : order(arena.take<Entry>(length)), room(arena.take<Entry>(length)) {}

  struct Entry {
    /** The greater, the smaller the magnitude. */
    uint32_t key;
    uint32_t place;
  };

  const Entry* sort(const float* weights, size_t length) {
    for (size_t i = 0; i < length; i++) order[i] = {~bitsOf(weights[i]) & 0x7fffffff, (uint32_t)i};
    for (int shift = 0; shift < 32; shift += DIGIT_BITS) sortByDigit(length, shift);
    return order;
  }

 private:
  static constexpr int DIGIT_BITS = 8;
  static constexpr int DIGITS = 1 << DIGIT_BITS;

  void sortByDigit(size_t length, int shift) {
    const auto digitOf = [=](const Entry& entry) { return entry.key >> shift & (DIGITS - 1); };
    uint32_t starts[DIGITS + 1] = {};
    for (size_t i = 0; i < length; i++) starts[digitOf(order[i]) + 1]++;
    for (int digit = 0; digit < DIGITS; digit++) starts[digit + 1] += starts[digit];
    for (size_t i = 0; i < length; i++) room[starts[digitOf(order[i])]++] = order[i];
    Entry* sorted = room;
    room = order;
    order = sorted;
  }

  Entry* order;
  Entry* room;
};

/** The scale of least error: of all numbers of largest magnitudes that may be restored as more than zero, the best. */
inline double ternaryScale(const float* weights, const float* errorWeights, const MagnitudeOrder::Entry* order, size_t length) {
  double weighted = 0;
  double weight = 0;
  double best = 0;
  double bestGain = 0;
  for (size_t k = 0; k < length; k++) {
    const uint32_t i = order[k].place;
    weighted += (double)errorWeights[i] * magnitudeOf(weights[i]);
    weight += errorWeights[i];
    const double gain = weighted * weighted / weight;
    if (gain <= bestGain) continue;
    bestGain = gain;
    best = weighted / weight;
  }
  return best;
}

/** The digit of a weight, 0 to 2 for -1 to 1: the one nearest to it under a scale of zero or more. */
inline uint8_t ternaryDigit(float weight, float scale) {
  const bool isZero = magnitudeOf(weight) <= (double)scale / 2 || scale == 0;
  return isZero ? 1 : weight < 0 ? 0 : 2;
}

/** Encodes rows of a format with a scale per row or per block, a field `d`, of which `Format::pack(digits, out)` packs a block of digits. */
template <class Format>
class TernaryEncoder {
 public:
  TernaryEncoder(Arena& arena, size_t columns)
      : columns(columns), errorWeights(arena.take<float>(columns)), order(arena, runLength()) {}

  void setImportance(const float* importance) {
    for (size_t first = 0; first < columns; first += runLength()) {
      weighRun(importance == nullptr ? nullptr : importance + first, runLength(), errorWeights + first);
    }
  }

  void encode(const float* weights, uint8_t* out) {
    float d = 0;
    if constexpr (isPerRow) d = writeScale(weights, 0, out);
    out += Format::rowPrefixBytes;
    for (size_t first = 0; first < columns; first += Format::blockLength, out += Format::bytesPerBlock) {
      if constexpr (!isPerRow) d = writeScale(weights, first, out);
      uint8_t digits[Format::blockLength];
      for (int i = 0; i < Format::blockLength; i++) digits[i] = ternaryDigit(weights[first + i], d);
      Format::pack(digits, out);
    }
  }

 private:
  static constexpr bool isPerRow = Format::rowPrefixBytes > 0;

  size_t runLength() const { return isPerRow ? columns : Format::blockLength; }

  /** Write the scale of the run from `first` on, and return what will be read back: a prefix of four bytes is an f32. */
  float writeScale(const float* weights, size_t first, uint8_t* out) {
    const double scale = ternaryScale(weights + first, errorWeights + first, order.sort(weights + first, runLength()), runLength());
    if constexpr (Format::rowPrefixBytes == 4) {
      const float d = scale < MAX_F32 ? (float)scale : MAX_F32;
      write(out + Format::At::d, d);
      return d;
    } else {
      const uint16_t d = f32ToFiniteF16((float)scale);
      write(out + Format::At::d, d);
      return f16ToF32(d);
    }
  }

  size_t columns;
  float* errorWeights;
  MagnitudeOrder order;
};

}  // namespace
}  // namespace halftone
