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
  GroupVectors<Lanes, 16> offsets;

 protected:
  template <class Body>
  static void eachVector(Body body) {
    unroll<Grouping<Lanes, 16>::vectors>(body);
  }

  /** Sixteen signed bytes, one per group. */
  template <int Vector>
  static typename Lanes::Int signedBytes(Constant<Vector>, const uint8_t* from) {
    return pickBytes<Lanes, 16, Vector>(loadEverywhere<Lanes>(from), [](int group, int) { return group; }) >> 24;
  }

  /**
   * The codes of a step in the upper six bits of words. `Places` tells of each run the first of the 32 bytes that hold its lower
   * four bits, or its upper two, and the lowest of these bits in a byte.
   */
  template <int Step, class Places>
  StepCodes<Lanes> fields() const {
    StepCodes<Lanes> codes;
    unroll<2>([&](auto half) {
      const auto load = [&](auto byteOf) {
        return loadParts<Words>([&](int part) { return bytes + byteOf(Step * Lanes::parts + part) + 16 * half.value; });
      };
      const Words low = load([](int run) { return Places::lowByte(run); });
      const Words high = load([](int run) { return Places::highByte(run); });
      // A product shifts each part by a number of its own, so that the bits are the highest of each byte.
      const Words lowTop = low * constantPerRun<Lanes, Step>([](int run) { return 1 << (4 - Places::lowBit(run)); });
      const Words highTop = high * constantPerRun<Lanes, Step>([](int run) { return 1 << (6 - Places::highBit(run)); });
      codes.of[2 * half.value] = (lowTop << 6 & 0x3c00) | (highTop << 8 & 0xc000);
      codes.of[2 * half.value + 1] = (lowTop >> 2 & 0x3c00) | (highTop & 0xc000);
    });
    return codes;
  }

  const uint8_t* bytes;
};

}  // namespace
}  // namespace halftone
