// mxfp4: 32 weights as floats of 4 bits under a power of two. packages/quant-formats/src/formats/mxfp4.ts draws the block.
#pragma once

#include "../matmul/unpack.hpp"
#include "../rows.hpp"
#include "../search/e2m1.hpp"

namespace halftone {
namespace {

struct mxfp4 : description::mxfp4 {
  static constexpr int groupLength = blockLength;
  static constexpr bool weighsImportance = false;

  template <class Lanes>
  using Encoder = E2m1Encoder<Lanes, mxfp4>;

  /** Of the exponents with which the largest weight becomes 6 to 24, half of it at most clipped, the one of least error; 0 for zeros. */
  template <class Blocks>
  static auto chooseScales(const Blocks& blocks, uint8_t* exponents) {
    using Double = typename Blocks::Double;
    using Long = typename Blocks::Long;
    Long high = {};
    Long low = {};
    for (int lane = 0; lane < Blocks::width; lane++) {
      const int exponent = highestExponent((float)blocks.largest[lane]);
      high[lane] = within(exponent);
      low[lane] = within(exponent - 1);
    }
    const Long best = errorsWith(low, blocks) < errorsWith(high, blocks) ? low : high;
    for (int lane = 0; lane < Blocks::width; lane++) exponents[lane] = (uint8_t)best[lane];
    return powerOf<Double>(best);
  }

  static void pack(size_t block, uint8_t exponent, const uint8_t* codes, uint8_t* out) {
    out += block * bytesPerBlock;
    out[At::e] = exponent;
    for (int i = 0; i < 16; i++) out[At::qs + i] = (uint8_t)(codes[i] | codes[i + 16] << 4);
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    out.scales[0] = halvedE8m0(bytes[At::e]);
    for (int i = 0; i < 16; i++) {
      out.values[i] = E2M1_DOUBLED[bytes[At::qs + i] & 15];
      out.values[i + 16] = E2M1_DOUBLED[bytes[At::qs + i] >> 4];
    }
  }

  template <class Lanes>
  struct Vectors {
    using Int = typename Lanes::Int;
    using Float = typename Lanes::Float;
    using Words = typename Lanes::Words;
    static constexpr int groups = 8;
    static constexpr int largestCode = 12;

    Vectors(const uint8_t* from, float) : bytes(from) {
      uint8_t exponents[16] = {};
      for (int b = 0; b < groups; b++) exponents[b] = from[b * bytesPerBlock + At::e];
      const Words everywhere = Lanes::loadEverywhere(exponents);
      unroll<Grouping<Lanes, groups>::vectors>([&](auto vector) {
        const Int e = pickBytes<Lanes, groups, vector.value>(everywhere, [](int group, int byte) { return byte == 0 ? group : NONE; });
        // As halvedE8m0 has it.
        scales.of[vector.value] = (Float)(e < 2 ? (e + 1) << 21 : (e - 1) << 23);
      });
    }

    template <int Step>
    StepCodes<Lanes> codes() const {
      const Words nibbles = loadParts<Words>(
          [&](int part) { return bytes + (Step * Lanes::parts + part) * bytesPerBlock + At::qs; });
      const Words table = Lanes::loadEverywhere((const uint8_t*)E2M1_DOUBLED);
      const auto lookUp = [&](Words codes) {
        return (Words)((typename Lanes::SignedWords)(Lanes::shuffleBytes(table, codes) << 8) >> 8);
      };
      return {lookUp(nibbles & 15), lookUp(nibbles >> 8 & 15), lookUp(nibbles >> 4 & 15), lookUp(nibbles >> 12)};
    }

    GroupVectors<Lanes, groups> scales;
    const uint8_t* bytes;
  };

 private:
  /** The least e under which a magnitude is not clipped, `magnitude <= 12 * 2^(e - 128)`, if it were stored. */
  static int highestExponent(float magnitude) {
    const uint32_t bits = bitsOf(magnitude);
    const bool isAbove = (bits & 0x7fffff) > 0x400000;
    return (int)(bits >> 23) - 2 + isAbove;
  }
  static int within(int exponent) { return exponent < 0 ? 0 : exponent < greatestE ? exponent : greatestE; }

  template <class Double, class Long>
  static Double powerOf(Long e) { return (Double)((e + (1023 - 128)) << 52); }

  template <class Blocks>
  static auto errorsWith(typename Blocks::Long e, const Blocks& blocks) {
    using Double = typename Blocks::Double;
    const Double scale = powerOf<Double>(e);
    const Double inverse = powerOf<Double>(256 - e);
    Double error = {};
    for (int i = 0; i < blockLength; i++) {
      const Double target = blocks.magnitudes[i] * inverse;
      const Double off = target - Blocks::nearest(target);
      error += blocks.counts(i) * off * off;
    }
    return error * scale * scale;
  }
};

}  // namespace
}  // namespace halftone
