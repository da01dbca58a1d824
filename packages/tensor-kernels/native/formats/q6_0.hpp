// q6_0: 32 weights of 6 bits with one scale. packages/quant-formats/src/formats/q6_0.ts draws the block.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

struct q6_0 : description::q6_0 {
  static void pack(const Block& block, uint8_t* out) {
    const uint8_t* codes = block.codes;
    write(out + At::d, f32ToFiniteF16(block.superScale));
    for (int i = 0; i < 8; i++) {
      out[At::qh + i] = (uint8_t)(codes[i] >> 4 | codes[i + 16] >> 4 << 2 | codes[i + 8] >> 4 << 4 | codes[i + 24] >> 4 << 6);
    }
    for (int i = 0; i < 16; i++) out[At::qs + i] = (uint8_t)((codes[i] & 15) | codes[i + 16] << 4);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    block.multipliers[0] = 1;
    block.variants[0] = 0;
    for (int i = 0; i < 16; i++) {
      const int high = bytes[At::qh + i % 8] >> (i < 8 ? 0 : 4);
      block.codes[i] = (uint8_t)((bytes[At::qs + i] & 15) | (high & 3) << 4);
      block.codes[i + 16] = (uint8_t)(bytes[At::qs + i] >> 4 | (high & 12) << 2);
    }
  }
};

}  // namespace
}  // namespace halftone
