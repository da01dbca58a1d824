// Formats of blocks of 32 weights with a binary16 scale each: a super-block is eight of them.
#pragma once

#include "unpack.hpp"

namespace halftone {
namespace {

/** The binary16 numbers at `offset` of the blocks, for one vector of groups. */
template <class Lanes, class Format, int Vector>
inline typename Lanes::Float halvesOfBlocks(Constant<Vector>, const uint8_t* from, int offset) {
  const auto half = [&](int block) { return read<uint16_t>(from + block * Format::bytesPerBlock + offset); };
  typedef uint16_t Halves __attribute__((vector_size(16)));
  const Halves halves = {half(0), half(1), half(2), half(3), half(4), half(5), half(6), half(7)};
  const auto everywhere = Lanes::loadEverywhere((const uint8_t*)&halves);
  const auto two = pickBytes<Lanes, 8, Vector>(everywhere, [](int group, int byte) { return 2 * group + byte % 2; });
  return halvesToFloats<Lanes>(two & 0xffff);
}

/** With a scale. */
template <class Lanes, class Format>
struct ScaledBlocks {
  static constexpr int groups = 8;

  explicit ScaledBlocks(const uint8_t* from) : bytes(from) {
    eachVector([&](auto vector) { scales.of[vector.value] = halvesOfBlocks<Lanes, Format>(vector, from, Format::At::d); });
  }

  GroupVectors<Lanes, 8> scales;

 protected:
  template <class Body>
  [[gnu::always_inline]] static void eachVector(Body body) {
    unroll<Grouping<Lanes, 8>::vectors>(body);
  }

  /** Sixteen bytes at `offset` of each block of a step. */
  template <int Step>
  typename Lanes::Words load16(int offset) const {
    return loadParts<typename Lanes::Words>(
        [&](int part) { return bytes + (Step * Lanes::parts + part) * Format::bytesPerBlock + offset; });
  }

  const uint8_t* bytes;
};

/** With a scale, and codes that count from `base`. */
template <class Lanes, class Format>
struct BlocksOf32 : ScaledBlocks<Lanes, Format> {
  BlocksOf32(const uint8_t* from, float base) : ScaledBlocks<Lanes, Format>(from) {
    this->eachVector([&](auto vector) { bases.of[vector.value] = broadcast<typename Lanes::Float>(base); });
  }

  GroupVectors<Lanes, 8> bases;
};

/** With a scale and a minimum. */
template <class Lanes, class Format>
struct AffineBlocksOf32 : ScaledBlocks<Lanes, Format> {
  static constexpr int largestCode = Format::Search::greatestCode;

  explicit AffineBlocksOf32(const uint8_t* from) : ScaledBlocks<Lanes, Format>(from) {
    this->eachVector([&](auto vector) { minima.of[vector.value] = halvesOfBlocks<Lanes, Format>(vector, from, Format::At::m); });
  }

  GroupVectors<Lanes, 8> minima;
};

/** Codes of q5_0 and q5_1: bit c of four bytes belongs to column c. */
template <class Lanes>
inline StepCodes<Lanes> withFifthBits(const StepCodes<Lanes>& nibbles, typename Lanes::Words high) {
  using Words = typename Lanes::Words;
  StepCodes<Lanes> codes;
  // Every word gets the byte with its bit, which a product shifts to the top.
  unroll<4>([&](auto vector) {
    constexpr int v = vector.value;
    const Words bytes = pickWords<Lanes>(high, [](int word) { return v / 2 * 2 + word / 4; });
    const Words bit = bytes * constantPerWord<Lanes>([](int word) { return 1 << (11 - (2 * word + v % 2) % 8); });
    codes.of[v] = nibbles.of[v] | (bit >> 7 & 16);
  });
  return codes;
}

}  // namespace
}  // namespace halftone
