// Super-blocks of packed weights as vectors. A weight is `scale * code + offset`, where scale and offset belong to a group of columns
// (16 or 32) and the code is a word of 16 bits: so every format looks the same to the products.
//
// A format that has a member template `Vectors<Lanes>` unpacks itself, as `GenericVectors` below does for all others:
//
//   groups        how many groups of columns a super-block has, 8 or 16
//   largestCode   no code has a larger magnitude
//   Vectors(bytes, rowScale)   of the blocks of one super-block; `rowScale` is the super scale of formats with one per row
//   scales, offsets            GroupVectors
//   codes<Step>()              StepCodes, in the order of columns that order.hpp tells
#pragma once

#include "../rows.hpp"
#include "../simd/parts.hpp"
#include "../simd/reduce.hpp"
#include "order.hpp"

namespace halftone {
namespace {

/** Rounded inputs have at most this magnitude: the largest with which the codes of iq6_k fit. */
constexpr int LARGEST_INPUT = 16383;

/** Whether the sum of `length` products of codes and rounded inputs fits in 32 bits with its sign, and a code in 16. */
constexpr bool fits(int64_t largestCode, int64_t length) {
  return largestCode <= 32767 && largestCode * LARGEST_INPUT * length <= 2147483647;
}

/** Numbers per group of columns, in the order of `Grouping`. */
template <class Lanes, int Groups>
struct GroupVectors {
  using Order = Grouping<Lanes, Groups>;
  typename Lanes::Float of[Order::vectors];
};

/** The codes of a step, as signed words. */
template <class Lanes>
struct StepCodes {
  typename Lanes::Words of[4];
};

/** Sixteen bytes, the same in every part. */
template <class Lanes>
inline typename Lanes::Words loadEverywhere(const uint8_t* bytes) {
  return loadParts<typename Lanes::Words>([=](int) { return bytes; });
}

template <int Lanes>
struct BytePlaces {
  alignas(64) uint8_t of[4 * Lanes];
};

/**
 * A number per group, made of bytes of `header`, the same in each part: byte k of the number of group g is byte `At{}(g, k)`.
 * These are the numbers of vector `Vector` in the order of `Grouping`.
 */
template <class Lanes, int Groups, int Vector, class At>
inline typename Lanes::Int pickBytes(typename Lanes::Words header, At) {
  static constexpr auto places = [] {
    BytePlaces<Lanes::width> made = {};
    for (int i = 0; i < 4 * Lanes::width; i++) {
      const int group = Grouping<Lanes, Groups>::groupAt(Vector * Lanes::width + i / 4);
      made.of[i] = (uint8_t)(group < 0 ? 0 : At{}(group, i % 4));
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

/** A word per part, eight times in it: `Of{}(run)` of the runs of step `Step`. */
template <class Lanes, int Step, class Of>
inline typename Lanes::Words constantPerRun(Of) {
  struct Constants {
    alignas(64) uint16_t of[2 * Lanes::width];
  };
  static constexpr auto constants = [] {
    Constants made = {};
    for (int i = 0; i < 2 * Lanes::width; i++) made.of[i] = (uint16_t)Of{}(Step * Lanes::parts + i / 8);
    return made;
  }();
  return load<typename Lanes::Words>(constants.of);
}

template <class Lanes>
inline typename Lanes::Float toFloat(typename Lanes::Int value) {
  return __builtin_convertvector(value, typename Lanes::Float);
}

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

/** Room for the last super-block of a row when it has fewer blocks. What follows them is zero, and so are the scales of zeros. */
template <class Format>
struct PaddedSuperBlock {
  uint8_t bytes[SUPER_BLOCK / Format::blockLength * Format::bytesPerBlock] = {};
};

/** A packed row by its super-blocks. */
template <class Format>
class PackedRow {
 public:
  PackedRow(const uint8_t* row, size_t columns) : bytes(row + Format::rowPrefixBytes), length(columns) {
    if constexpr (Format::rowPrefixBytes > 0) scale = read<float>(row + Format::At::d);
  }

  /** The bytes of a super-block, in `room` if it has fewer blocks than others. */
  const uint8_t* superBlock(size_t index, PaddedSuperBlock<Format>& room) const {
    const uint8_t* start = bytes + index * sizeof room.bytes;
    if constexpr (Format::blockLength < SUPER_BLOCK) {
      const size_t columns = length - index * SUPER_BLOCK;
      if (columns < SUPER_BLOCK) {
        __builtin_memcpy(room.bytes, start, columns / Format::blockLength * Format::bytesPerBlock);
        return room.bytes;
      }
    }
    return start;
  }

  /** The super scale of formats with one per row. */
  float scale = 0;

 private:
  const uint8_t* bytes;
  size_t length;
};

template <class Lanes, class Format>
struct VectorsFor {
  using Type = GenericVectors<Lanes, Format>;
};
template <class Lanes, class Format>
  requires requires { typename Format::template Vectors<Lanes>; }
struct VectorsFor<Lanes, Format> {
  using Type = typename Format::template Vectors<Lanes>;
};

}  // namespace
}  // namespace halftone
