// What holds for any format of the search: its codebook as integers, and its weights unpacked one after another.
#pragma once

#include "unpack.hpp"

namespace halftone {
namespace {

/** How a codebook becomes integers: times a power of two, as large as sums allow; exactly if its values are whole. */
template <class Format>
struct IntegerCodebook {
  using Search = typename Format::Search;
  static constexpr int groupLength = Search::blockLength;

  static constexpr float largest() {
    float found = 0;
    for (float value : Search::codebook) {
      for (float shift : Search::shifts) {
        const float magnitude = value + shift < 0 ? -(value + shift) : value + shift;
        found = magnitude > found ? magnitude : found;
      }
    }
    return found;
  }
  static constexpr bool isWhole() {
    for (float value : Search::codebook) {
      for (float shift : Search::shifts) {
        if ((float)(int)(value + shift) != value + shift) return false;
      }
    }
    return true;
  }
  static constexpr int factor() {
    int power = 1;
    while (!isWhole() && fits((int64_t)(largest() * (float)(2 * power)) + 1, groupLength)) power *= 2;
    return power;
  }
  static constexpr int largestCode = (int)(largest() * (float)factor()) + 1;

  /** To the nearest. */
  static constexpr int16_t of(float value) {
    const float scaled = value * (float)factor();
    return (int16_t)(scaled < 0 ? scaled - 0.5f : scaled + 0.5f);
  }
};

/** Any format that the search describes, by its own `unpack`, one weight after another. */
template <class Lanes, class Format>
struct GenericVectors {
  using Search = typename Format::Search;
  using Codebook = IntegerCodebook<Format>;
  static constexpr int groups = SUPER_BLOCK / Search::blockLength;
  static constexpr int largestCode = Codebook::largestCode;

  GenericVectors(const uint8_t* bytes, float rowScale) {
    constexpr int groupsPerBlock = Format::blockLength / Search::blockLength;
    UnpackedBlock block;
    block.superScale = rowScale;
    for (int group = 0; group < groups; group++) {
      const int within = group % groupsPerBlock;
      if (within == 0) Format::unpack(bytes + group / groupsPerBlock * Format::bytesPerBlock, block);
      setGroup(group, block, within);
    }
  }

  template <int Step>
  StepCodes<Lanes> codes() const {
    StepCodes<Lanes> step;
    for (int i = 0; i < 4; i++) step.of[i] = load<typename Lanes::Words>(words + (4 * Step + i) * 2 * Lanes::width);
    return step;
  }

  GroupVectors<Lanes, groups> scales = {};
  GroupVectors<Lanes, groups> offsets = {};

 private:
  void setGroup(int group, const UnpackedBlock& block, int within) {
    constexpr int length = Search::blockLength;
    const float scale = block.superScale * (float)block.multipliers[within];
    const float shift = Search::shifts[block.variants[within]];
    ((float*)scales.of)[Grouping<Lanes, groups>::placeOf(group)] = scale / (float)Codebook::factor();
    for (int i = 0; i < length; i++) {
      const float value = Search::codebook[block.codes[within * length + i]] + shift;
      words[placeOfColumn<Lanes>(group * length + i)] = Codebook::of(value);
    }
  }

  alignas(64) int16_t words[SUPER_BLOCK];
};

/** Any format with minima: its codes are the words, and the minima the offsets. */
template <class Lanes, class Format>
struct AffineVectors {
  using Search = typename Format::Search;
  static constexpr int groups = SUPER_BLOCK / Search::blockLength;
  static constexpr int largestCode = Search::greatestCode;

  AffineVectors(const uint8_t* bytes, float) {
    constexpr int groupsPerBlock = Format::blockLength / Search::blockLength;
    UnpackedBlock block;
    for (int group = 0; group < groups; group++) {
      const int within = group % groupsPerBlock;
      if (within == 0) Format::unpack(bytes + group / groupsPerBlock * Format::bytesPerBlock, block);
      const int place = Grouping<Lanes, groups>::placeOf(group);
      ((float*)scales.of)[place] = block.superScale * (float)block.multipliers[within];
      ((float*)offsets.of)[place] = -block.superMinimum * (float)block.minimumMultipliers[within];
      for (int i = 0; i < Search::blockLength; i++) {
        words[placeOfColumn<Lanes>(group * Search::blockLength + i)] = block.codes[within * Search::blockLength + i];
      }
    }
  }

  template <int Step>
  StepCodes<Lanes> codes() const {
    StepCodes<Lanes> step;
    for (int i = 0; i < 4; i++) step.of[i] = load<typename Lanes::Words>(words + (4 * Step + i) * 2 * Lanes::width);
    return step;
  }

  GroupVectors<Lanes, groups> scales = {};
  GroupVectors<Lanes, groups> offsets = {};

 private:
  alignas(64) int16_t words[SUPER_BLOCK];
};

/** How a format is unpacked: by itself, if it says how. */
template <class Lanes, class Format>
struct VectorsFor {
  using Type = GenericVectors<Lanes, Format>;
};
template <class Lanes, class Format>
  requires(Searched<Format> && !requires { typename Format::template Vectors<Lanes>; } && Format::Search::hasMinima)
struct VectorsFor<Lanes, Format> {
  using Type = AffineVectors<Lanes, Format>;
};
template <class Lanes, class Format>
  requires requires { typename Format::template Vectors<Lanes>; }
struct VectorsFor<Lanes, Format> {
  using Type = typename Format::template Vectors<Lanes>;
};

}  // namespace
}  // namespace halftone
