// Super-blocks of packed weights as vectors. A weight is `scale * (code + base)` or `scale * code + minimum`, where scale, base and
// minimum belong to a group of columns (16 or 32) and the code is a word of 16 bits: so every format looks the same to the products.
// Bases are whole numbers. A panel adds them to its codes, once for all inputs; a single input is multiplied sooner than that.
//
// A format that has a member template `Vectors<Lanes>` unpacks itself, as `GenericVectors` does for all others:
//
//   groups        how many groups of columns a super-block has, 8 or 16
//   largestCode   no code has a larger magnitude
//   Vectors(bytes, rowScale)   of the blocks of one super-block; `rowScale` is the super scale of formats with one per row
//   scales                     GroupVectors, and so are
//   bases, or minima           of formats that have some
//   unitShift                  of formats whose codes are fractions: there are `1 << unitShift` to a unit, which fits in a byte
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

/** The codes of a step out of signed bytes in the order of columns: the first and the second half of its runs. */
template <class Lanes>
inline StepCodes<Lanes> signedCodes(typename Lanes::Words first, typename Lanes::Words second) {
  using Words = typename Lanes::Words;
  const auto odd = [](Words bytes) { return (Words)((typename Lanes::SignedWords)bytes >> 8); };
  return {odd(first << 8), odd(first), odd(second << 8), odd(second)};
}

/** The same of unsigned bytes: in words, the lower half is the even column, the upper one the odd. */
template <class Lanes>
inline StepCodes<Lanes> unsignedCodes(typename Lanes::Words first, typename Lanes::Words second) {
  return {first & 255, first >> 8, second & 255, second >> 8};
}

/** Bytes in which the columns c and c + 16 of a run share one. */
template <class Lanes>
inline StepCodes<Lanes> splitNibbles(typename Lanes::Words nibbles) {
  return {nibbles & 15, nibbles >> 8 & 15, nibbles >> 4 & 15, nibbles >> 12};
}

template <class Vectors>
concept HasBases = requires(Vectors vectors) { vectors.bases; };

template <class Vectors>
concept HasMinima = requires(Vectors vectors) { vectors.minima; };

/** Codes are `1 << unitShift` to a unit. */
template <class Vectors>
constexpr int unitShift = 0;
template <class Vectors>
  requires requires { Vectors::unitShift; }
constexpr int unitShift<Vectors> = Vectors::unitShift;

/** A super-block that was unpacked, in memory, with the bases in its codes. Of eight groups, only the first vectors are used. */
template <class Lanes>
struct CodeBlock {
  StepCodes<Lanes> steps[STEPS<Lanes>];
  typename Lanes::Float scales[Grouping<Lanes, 16>::vectors];
  /** Of formats that have some. */
  typename Lanes::Float minima[Grouping<Lanes, 16>::vectors];
};

/** A `CodeBlock` in the form of the vectors of a format. */
template <class Lanes, int Groups, bool Minima>
struct StoredVectors {
  static constexpr int groups = Groups;

  explicit StoredVectors(const CodeBlock<Lanes>& from) : block(from) {
    for (int i = 0; i < Grouping<Lanes, Groups>::vectors; i++) scales.of[i] = from.scales[i];
  }

  template <int Step>
  const StepCodes<Lanes>& codes() const {
    return block.steps[Step];
  }

  GroupVectors<Lanes, Groups> scales;

 private:
  const CodeBlock<Lanes>& block;
};
template <class Lanes, int Groups>
struct StoredVectors<Lanes, Groups, true> : StoredVectors<Lanes, Groups, false> {
  explicit StoredVectors(const CodeBlock<Lanes>& from) : StoredVectors<Lanes, Groups, false>(from) {
    for (int i = 0; i < Grouping<Lanes, Groups>::vectors; i++) minima.of[i] = from.minima[i];
  }

  GroupVectors<Lanes, Groups> minima;
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
    const uint8_t* start = bytes + index * superBlockBytes;
    if constexpr (Format::blockLength < SUPER_BLOCK) {
      const size_t columns = length - index * SUPER_BLOCK;
      if (columns < SUPER_BLOCK) {
        __builtin_memcpy(room.bytes, start, columns / Format::blockLength * Format::bytesPerBlock);
        return room.bytes;
      }
    }
    return start;
  }

  /** Ask memory for what follows a super-block: processors see ahead within a page only, and rows are read once. */
  void prefetch(size_t index) const {
    constexpr size_t lineBytes = 64;
    constexpr size_t ahead = 8192;
    const uint8_t* start = bytes + index * superBlockBytes + ahead;
    for (size_t at = 0; at < superBlockBytes; at += lineBytes) __builtin_prefetch(start + at);
  }

  /** The super scale of formats with one per row. */
  float scale = 0;

 private:
  static constexpr size_t superBlockBytes = SUPER_BLOCK / Format::blockLength * Format::bytesPerBlock;

  const uint8_t* bytes;
  size_t length;
};

}  // namespace
}  // namespace halftone
