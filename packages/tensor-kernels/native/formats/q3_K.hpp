// q3_K: 256 weights of 3 bits in sixteen blocks. packages/quant-formats/src/formats/q3_K.ts draws the block.
#pragma once

#include "../packing/planes.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct q3_K : description::q3_K {
  static void pack(const Block& block, uint8_t* out) {
    packBit<2>(block.codes, out + At::hmask);
    packTwoBits(block.codes, out + At::qs);
    uint8_t* scales = out + At::scales;
    for (int b = 0; b < 8; b++) scales[b] = (uint8_t)((scaleOf(block, b) & 15) | (scaleOf(block, b + 8) & 15) << 4);
    for (int b = 0; b < 4; b++) {
      uint8_t high = 0;
      for (int k = 0; k < 4; k++) high = (uint8_t)(high | scaleOf(block, b + 4 * k) >> 4 << (2 * k));
      scales[8 + b] = high;
    }
    write(out + At::d, f32ToFiniteF16(block.superScale));
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    const uint8_t* scales = bytes + At::scales;
    for (int b = 0; b < 16; b++) {
      const int low = scales[b % 8] >> (4 * (b / 8)) & 15;
      const int high = scales[8 + b % 4] >> (2 * (b / 4)) & 3;
      block.multipliers[b] = (int16_t)((low | high << 4) + Search::leastMultiplier);
      block.variants[b] = 0;
    }
    unpackTwoBits(bytes + At::qs, block.codes);
    unpackBit<2>(bytes + At::hmask, block.codes);
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
  }

 private:
  static int scaleOf(const Block& block, int b) { return block.multipliers[b] - Search::leastMultiplier; }
};

}  // namespace
}  // namespace halftone
