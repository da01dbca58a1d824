// iq2_ks: 256 weights of 2 bits in eight blocks, one super scale for the row. packages/quant-formats/src/formats/iq2_ks.ts draws the block.
#pragma once

#include "../packing/planes.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq2_ks : description::iq2_ks {
  static void pack(const Block& block, uint8_t* out) {
    uint32_t extra = 0;
    uint32_t scales = 0;
    for (int b = 0; b < 8; b++) {
      const uint32_t scale = (uint32_t)(block.multipliers[b] - Search::leastMultiplier);
      scales |= (scale & 15) << (4 * b);
      extra |= (uint32_t)block.variants[b] << b | (scale >> 4) << (8 + b);
    }
    write(out + At::extra, (uint16_t)extra);
    write(out + At::scales, scales);
    packTwoBits(block.codes, out + At::qs);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    const uint16_t extra = read<uint16_t>(bytes + At::extra);
    for (int b = 0; b < 8; b++) {
      const int scale = nibbleAt(bytes + At::scales, b) | (extra >> (8 + b) & 1) << 4;
      block.multipliers[b] = (int16_t)(scale + Search::leastMultiplier);
      block.variants[b] = extra >> b & 1;
    }
    unpackTwoBits(bytes + At::qs, block.codes);
  }
};

}  // namespace
}  // namespace halftone
