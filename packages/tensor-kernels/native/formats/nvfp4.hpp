// nvfp4: 64 weights as floats of 4 bits, sixteen under a float of 8 bits. packages/quant-formats/src/formats/nvfp4.ts draws the block.
#pragma once

#include "../rows.hpp"
#include "../search/e2m1.hpp"

namespace halftone {
namespace {

struct nvfp4 : description::nvfp4 {
  static constexpr int groupLength = 16;
  static constexpr bool weighsImportance = true;

  template <class Lanes>
  using Encoder = E2m1Encoder<Lanes, nvfp4>;

  /** Of the scales that put the largest weight at one of the places, the one of least error; 0 where that is best. */
  template <class Blocks>
  static auto chooseScales(const Blocks& blocks, uint8_t* codes) {
    using Double = typename Blocks::Double;
    using Long = typename Blocks::Long;
    Long best = {};
    Double bestScale = {};
    Double leastError = {};
    for (int i = 0; i < groupLength; i++) leastError += blocks.counts(i) * blocks.magnitudes[i] * blocks.magnitudes[i];
    Long code = {};
    for (int lane = 0; lane < Blocks::width; lane++) code[lane] = firstAtLeast(blocks.largest[lane] / greatestPlace);
    for (Long isTried = ~Long{}; any(isTried);) {
      Double scale = {};
      for (int lane = 0; lane < Blocks::width; lane++) scale[lane] = UE4M3_HALVED.of[code[lane]];
      const Double error = errorsWith(scale, blocks);
      const Long isBetter = isTried & (error < leastError);
      leastError = isBetter ? error : leastError;
      best = isBetter ? code : best;
      bestScale = isBetter ? scale : bestScale;
      isTried &= (scale * (double)leastPlace <= blocks.largest) & (code < LARGEST_UE4M3);
      code -= isTried;
    }
    for (int lane = 0; lane < Blocks::width; lane++) codes[lane] = (uint8_t)best[lane];
    return bestScale;
  }

  static void pack(size_t block, uint8_t scale, const uint8_t* codes, uint8_t* out) {
    const size_t b = block % 4;
    out += block / 4 * bytesPerBlock;
    out[At::d + b] = scale;
    for (int i = 0; i < 8; i++) out[At::qs + 8 * b + i] = (uint8_t)(codes[i] | codes[i + 8] << 4);
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    for (int b = 0; b < 4; b++) {
      out.scales[b] = UE4M3_HALVED.of[bytes[At::d + b]];
      for (int i = 0; i < 8; i++) {
        const uint8_t codes = bytes[At::qs + 8 * b + i];
        out.values[16 * b + i] = E2M1_DOUBLED[codes & 15];
        out.values[16 * b + i + 8] = E2M1_DOUBLED[codes >> 4];
      }
    }
  }

 private:
  /** The smallest code of a scale of at least `scale`, or the largest code. */
  static int firstAtLeast(double scale) {
    int first = 1;
    int last = LARGEST_UE4M3;
    while (first < last) {
      const int middle = (first + last) / 2;
      if (UE4M3_HALVED.of[middle] < scale) first = middle + 1;
      else last = middle;
    }
    return first;
  }

  template <class Double, class Blocks>
  static Double errorsWith(Double scale, const Blocks& blocks) {
    Double error = {};
    for (int i = 0; i < groupLength; i++) {
      const Double off = blocks.magnitudes[i] - scale * Blocks::nearest(blocks.magnitudes[i] / scale);
      error += blocks.counts(i) * off * off;
    }
    return error;
  }

  template <class Long>
  static bool any(Long lanes) {
    int64_t all = 0;
    for (int lane = 0; lane < (int)(sizeof lanes / sizeof all); lane++) all |= lanes[lane];
    return all != 0;
  }
};

}  // namespace
}  // namespace halftone
