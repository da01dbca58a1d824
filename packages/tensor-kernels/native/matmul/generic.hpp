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
  static constexpr int unitShift = __builtin_ctz((unsigned)Codebook::factor());

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

 private:
  void setGroup(int group, const UnpackedBlock& block, int within) {
    static constexpr ShiftedIntegers table = shiftedIntegers();
    constexpr int length = Search::blockLength;
    const float scale = block.superScale * (float)block.multipliers[within];
    const int16_t* values = table.of[block.variants[within]];
    const uint8_t* codes = block.codes + within * length;
    ((float*)scales.of)[Grouping<Lanes, groups>::placeOf(group)] = scale / (float)Codebook::factor();
    for (int half = 0; half < length; half += RUN / 2) {
      int16_t* even = words + placeOfColumn<Lanes>(group * length + half);
      int16_t* odd = words + placeOfColumn<Lanes>(group * length + half + 1);
      for (int k = 0; k < RUN / 4; k++) {
        even[k] = values[codes[half + 2 * k]];
        odd[k] = values[codes[half + 2 * k + 1]];
      }
    }
  }

  /** The values of the codebook as each variant shifts them, as integers. */
  struct ShiftedIntegers {
    int16_t of[lengthOf(Search::shifts)][lengthOf(Search::codebook)];
  };
  static constexpr ShiftedIntegers shiftedIntegers() {
    ShiftedIntegers made = {};
    for (int variant = 0; variant < lengthOf(Search::shifts); variant++) {
      for (int code = 0; code < lengthOf(Search::codebook); code++) {
        made.of[variant][code] = Codebook::of(Search::codebook[code] + Search::shifts[variant]);
      }
    }
    return made;
  }

  alignas(64) int16_t words[SUPER_BLOCK];
};

/** Any format with minima. */
template <class Lanes, class Format>
struct AffineVectors {
  using Search = typename Format::Search;
  using Words = typename Lanes::Words;
  static constexpr int groups = SUPER_BLOCK / Search::blockLength;
  static constexpr int largestCode = Search::greatestCode;

  AffineVectors(const uint8_t* bytes, float) {
    constexpr int blocks = SUPER_BLOCK / Format::blockLength;
    constexpr int groupsPerBlock = groups / blocks;
    for (int b = 0; b < blocks; b++) {
      UnpackedBlock block;
      Format::unpack(bytes + b * Format::bytesPerBlock, block);
      __builtin_memcpy(unpacked + b * Format::blockLength, block.codes, Format::blockLength);
      for (int group = 0; group < groupsPerBlock; group++) {
        const int place = Grouping<Lanes, groups>::placeOf(b * groupsPerBlock + group);
        ((float*)scales.of)[place] = block.superScale * (float)block.multipliers[group];
        ((float*)minima.of)[place] = -block.superMinimum * (float)block.minimumMultipliers[group];
      }
    }
  }

  template <int Step>
  StepCodes<Lanes> codes() const {
    const auto half = [&](int first) {
      return loadParts<Words>([&](int part) { return unpacked + (Step * Lanes::parts + part) * RUN + first; });
    };
    return unsignedCodes<Lanes>(half(0), half(RUN / 2));
  }

  GroupVectors<Lanes, groups> scales = {};
  GroupVectors<Lanes, groups> minima = {};

 private:
  alignas(64) uint8_t unpacked[SUPER_BLOCK];
};

/** Any format whose weights are whole numbers times a scale. */
template <class Lanes, class Format>
struct PointVectors {
  using Words = typename Lanes::Words;
  static constexpr int groups = SUPER_BLOCK / Format::groupLength;
  static constexpr int largestCode = 128;

  PointVectors(const uint8_t* bytes, float rowScale) {
    constexpr int blocks = SUPER_BLOCK / Format::blockLength;
    float ordered[groups];
    for (int b = 0; b < blocks; b++) {
      Format::unpackPoints(bytes + b * Format::bytesPerBlock, rowScale,
                           {values + b * Format::blockLength, ordered + b * (groups / blocks)});
    }
    for (int group = 0; group < groups; group++) {
      ((float*)scales.of)[Grouping<Lanes, groups>::placeOf(group)] = ordered[group];
    }
  }

  template <int Step>
  StepCodes<Lanes> codes() const {
    const auto half = [&](int first) {
      return loadParts<Words>([&](int part) { return values + (Step * Lanes::parts + part) * RUN + first; });
    };
    return signedCodes<Lanes>(half(0), half(RUN / 2));
  }

  GroupVectors<Lanes, groups> scales = {};

 private:
  alignas(64) int8_t values[SUPER_BLOCK];
};

/** How a format is unpacked: by itself, if it says how. */
template <class Lanes, class Format>
struct VectorsFor {
  using Type = GenericVectors<Lanes, Format>;
};
template <class Lanes, class Format>
  requires(HasPoints<Format> && !requires { typename Format::template Vectors<Lanes>; })
struct VectorsFor<Lanes, Format> {
  using Type = PointVectors<Lanes, Format>;
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
