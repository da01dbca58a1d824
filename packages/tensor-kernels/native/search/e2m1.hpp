// Scales for blocks of floats of 4 bits: what mxfp4 and nvfp4 share. A lane takes a block, in doubles, as the twins in
// packages/quant-formats/src/formats calculate.
#pragma once

#include "../numeric/minifloat.hpp"
#include "load.hpp"
#include "nearest.hpp"

namespace halftone {
namespace {

/** Magnitudes of the doubled E2M1, by their codes. */
constexpr float E2M1_MAGNITUDES[] = {0, 1, 2, 3, 4, 6, 8, 12};

/** Doubles in the place of floats: half as many. */
template <class Lanes>
struct DoubleLanes : Vectors<Lanes::width / 2> {
  using Floats = Vectors<Lanes::width / 2>;
  typedef double Double __attribute__((vector_size(4 * Lanes::width)));
  typedef int64_t Long __attribute__((vector_size(4 * Lanes::width)));
};

template <class Lanes>
inline typename DoubleLanes<Lanes>::Double toDouble(typename DoubleLanes<Lanes>::Float value) {
  return __builtin_convertvector(value, typename DoubleLanes<Lanes>::Double);
}

/** `Length` weights of each block, of which lanes hold the magnitudes. */
template <class Lanes, int Length>
struct E2m1Blocks {
  using Doubles = DoubleLanes<Lanes>;
  using Double = typename Doubles::Double;
  using Long = typename Doubles::Long;
  static constexpr int width = Doubles::width;

  Double magnitudes[Length];
  Long minus[Length];
  /** What the square error of each weight counts. */
  const typename Doubles::Float* errorWeights;
  /** Of each block. */
  Double largest = {};

  E2m1Blocks(const float* weights, size_t blocks, const typename Doubles::Float* counts) : errorWeights(counts) {
    typename Doubles::Float values[Length];
    transposeBlocks<Doubles, Length>(weights, blocks, values);
    for (int i = 0; i < Length; i++) {
      const Double value = toDouble<Lanes>(values[i]);
      minus[i] = value < 0.0;
      magnitudes[i] = minus[i] ? -value : value;
      largest = magnitudes[i] > largest ? magnitudes[i] : largest;
    }
  }

  Double counts(int i) const { return toDouble<Lanes>(errorWeights[i]); }

  /** The value nearest to a magnitude; of two equally near the greater. */
  static Double nearest(Double magnitude) {
    Double value = {};
    for (int code = 0; code + 1 < lengthOf(E2M1_MAGNITUDES); code++) {
      const Double step = broadcast<Double>((double)(E2M1_MAGNITUDES[code + 1] - E2M1_MAGNITUDES[code]));
      value += magnitude >= (double)thresholdAbove(E2M1_MAGNITUDES, code) ? step : Double{};
    }
    return value;
  }

  /** The codes of all weights, those of weight i of each block together. Where a scale is zero, so are its codes. */
  void code(Double scales, uint8_t* codes) const {
    for (int i = 0; i < Length; i++) {
      const Double magnitude = scales == 0.0 ? Double{} : magnitudes[i] / scales;
      Long found = {};
      for (int code = 0; code + 1 < lengthOf(E2M1_MAGNITUDES); code++) {
        found -= magnitude >= (double)thresholdAbove(E2M1_MAGNITUDES, code);
      }
      found |= (found > 0) & minus[i] & 8;
      for (int lane = 0; lane < width; lane++) codes[i * width + lane] = (uint8_t)found[lane];
    }
  }
};

/**
 * Encodes rows of a format with `Format::groupLength` weights under a scale. The format tells
 *
 *   weighsImportance                 whether what errors count is normalized
 *   chooseScales(blocks, codes)      the scale of each block, and its code
 *   pack(block, code, codes, out)    write what was found for block number `block` of a row
 */
template <class Lanes, class Format>
class E2m1Encoder {
  static constexpr int length = Format::groupLength;
  using Blocks = E2m1Blocks<Lanes, length>;
  using Doubles = DoubleLanes<Lanes>;
  using Float = typename Doubles::Float;
  static constexpr size_t width = Blocks::width;

 public:
  E2m1Encoder(Arena& arena, size_t columns)
      : blocks(columns / length), errorWeights(arena.take<Float>((blocks + width - 1) / width * length)) {}

  void setImportance(const float* importance) {
    for (size_t first = 0; first < blocks; first += width) {
      const size_t count = blocks - first < width ? blocks - first : width;
      float counts[width * length];
      for (size_t i = 0; i < count * length; i += length) {
        const float* part = importance == nullptr ? nullptr : importance + first * length + i;
        if (part == nullptr || Format::weighsImportance) weighRun(part, length, counts + i);
        else __builtin_memcpy(counts + i, part, length * sizeof *part);
      }
      transposeBlocks<Doubles, length>(counts, count, errorWeights + first / width * length);
    }
  }

  void encode(const float* weights, uint8_t* out) const {
    for (size_t first = 0; first < blocks; first += width) {
      const size_t count = blocks - first < width ? blocks - first : width;
      const Blocks some(weights + first * length, count, errorWeights + first / width * length);
      uint8_t scaleCodes[width];
      uint8_t codesByLane[length * width];
      some.code(Format::chooseScales(some, scaleCodes), codesByLane);
      for (size_t lane = 0; lane < count; lane++) {
        uint8_t codes[length];
        for (int i = 0; i < length; i++) codes[i] = codesByLane[i * width + lane];
        Format::pack(first + lane, scaleCodes[lane], codes, out);
      }
    }
  }

 private:
  size_t blocks;
  Float* errorWeights;
};

}  // namespace
}  // namespace halftone
