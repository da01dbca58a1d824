// Formats of blocks of 32 weights with a binary16 scale each: a super-block is eight of them.
#pragma once

#include "unpack.hpp"

namespace halftone {
namespace {

template <class Lanes, class Format>
struct BlocksOf32 {
  static constexpr int groups = 8;

  BlocksOf32(const uint8_t* from, float base) : bytes(from) {
    using Int = typename Lanes::Int;
    const auto half = [&](int block) { return read<uint16_t>(from + block * Format::bytesPerBlock + Format::At::d); };
    typedef uint16_t Halves __attribute__((vector_size(16)));
    const Halves halves = {half(0), half(1), half(2), half(3), half(4), half(5), half(6), half(7)};
    const auto everywhere = Lanes::loadEverywhere((const uint8_t*)&halves);
    unroll<Grouping<Lanes, 8>::vectors>([&](auto vector) {
      const Int two = pickBytes<Lanes, 8, vector.value>(everywhere, [](int group, int byte) { return 2 * group + byte % 2; });
      scales.of[vector.value] = halvesToFloats<Lanes>(two & 0xffff);
      bases.of[vector.value] = broadcast<typename Lanes::Float>(base);
    });
  }

  GroupVectors<Lanes, 8> scales;
  GroupVectors<Lanes, 8> bases;

 protected:
  /** Sixteen bytes at `offset` of each block of a step. */
  template <int Step>
  typename Lanes::Words load16(int offset) const {
    return loadParts<typename Lanes::Words>(
        [&](int part) { return bytes + (Step * Lanes::parts + part) * Format::bytesPerBlock + offset; });
  }

  const uint8_t* bytes;
};

}  // namespace
}  // namespace halftone
