// Super-blocks of 256 codes of six bits, four and two apart, with sixteen signed scales.
#pragma once

#include "unpack.hpp"

namespace halftone {
namespace {

template <class Lanes, class Format>
struct SixBits {
  using Words = typename Lanes::Words;
  static constexpr int groups = 16;

  explicit SixBits(const uint8_t* from) : bytes(from) {}

  GroupVectors<Lanes, 16> scales;
  GroupVectors<Lanes, 16> bases;

 protected:
  template <class Body>
  static void eachVector(Body body) {
    unroll<Grouping<Lanes, 16>::vectors>(body);
  }

  /** Sixteen signed bytes, one per group. */
  template <int Vector>
  static typename Lanes::Int signedBytes(Constant<Vector>, const uint8_t* from) {
    return pickBytes<Lanes, 16, Vector>(Lanes::loadEverywhere(from), [](int group, int) { return group; }) >> 24;
  }

  /**
   * The codes of a step in the lowest six bits of words, below other bits. `Places` tells of each run the first of the 32 bytes that
   * hold its lower four bits, or its upper two, and the lowest of these bits in a byte.
   */
  template <int Step, class Places>
  StepCodes<Lanes> fields() const {
    StepCodes<Lanes> codes;
    unroll<2>([&](auto half) {
      // A shift of its own for each part brings the bits to the top of each byte; those of neighbours stay below them.
      const Words low = shifted<Step>(16 * half.value, [](int run) { return Places::lowByte(run); },
                                      [](int run) { return 4 - Places::lowBit(run); });
      const Words high = shifted<Step>(16 * half.value, [](int run) { return Places::highByte(run); },
                                       [](int run) { return 6 - Places::highBit(run); });
      const Words both = (low >> 4 & 0x0f0f) | (high >> 2 & 0xf0f0);
      codes.of[2 * half.value] = both;
      codes.of[2 * half.value + 1] = both >> 8;
    });
    return codes;
  }

 private:
  /** For each part, sixteen bytes from `ByteOf{}(run)` on, `offset` further, to the left by `BitsOf{}(run)`. */
  template <int Step, class ByteOf, class BitsOf>
  Words shifted(int offset, ByteOf byteOf, BitsOf bitsOf) const {
    using Int = typename Lanes::Int;
    constexpr int firstRun = Step * Lanes::parts;
    constexpr bool isSame = ByteOf{}(firstRun) == ByteOf{}(firstRun + Lanes::parts - 1);
    const auto at = [&](int part) { return bytes + byteOf(firstRun + part) + offset; };
    const Words loaded = isSame ? Lanes::loadEverywhere(at(0)) : loadParts<Words>(at);
    return (Words)Lanes::shiftLeft((Int)loaded, constantPerRun<Lanes, Step>(bitsOf));
  }

  const uint8_t* bytes;
};

}  // namespace
}  // namespace halftone
