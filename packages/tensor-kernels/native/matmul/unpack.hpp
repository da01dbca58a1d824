// Super-blocks of packed weights as vectors. A weight is `scale * code + offset`, where scale and offset belong to a group of columns
// (16 or 32) and the code is a word of 16 bits: so every format looks the same to the products.
//
// A format that has a member template `Vectors<Lanes>` unpacks itself, as `GenericVectors` does for all others:
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
#include "pick.hpp"

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

/** A super-block that was unpacked, in memory. Of eight groups, only the first vectors are used. */
template <class Lanes>
struct CodeBlock {
  StepCodes<Lanes> steps[STEPS<Lanes>];
  typename Lanes::Float scales[Grouping<Lanes, 16>::vectors];
  typename Lanes::Float offsets[Grouping<Lanes, 16>::vectors];
};

/** A `CodeBlock` in the form of the vectors of a format. */
template <class Lanes, int Groups>
struct StoredVectors {
  static constexpr int groups = Groups;

  explicit StoredVectors(const CodeBlock<Lanes>& from) : block(from) {
    for (int i = 0; i < Grouping<Lanes, Groups>::vectors; i++) {
      scales.of[i] = from.scales[i];
      offsets.of[i] = from.offsets[i];
    }
  }

  template <int Step>
  const StepCodes<Lanes>& codes() const {
    return block.steps[Step];
  }

  GroupVectors<Lanes, Groups> scales;
  GroupVectors<Lanes, Groups> offsets;

 private:
  const CodeBlock<Lanes>& block;
};

template <class Lanes>
inline typename Lanes::Float toFloat(typename Lanes::Int value) {
  return __builtin_convertvector(value, typename Lanes::Float);
}

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
    if constexpr (Format::rowPrefixBytes > 0) scale = rowScale<Format>(row);
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

}  // namespace
}  // namespace halftone
