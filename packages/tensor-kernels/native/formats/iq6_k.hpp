// iq6_k: 256 weights of 6 bits in sixteen blocks. packages/quant-formats/src/formats/iq6_k.ts draws the block.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

struct iq6_k : description::iq6_k {
  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(block.superScale));
    uint16_t tables = 0;
    for (int b = 0; b < 16; b++) {
      out[At::scales + b] = (uint8_t)block.multipliers[b];
      tables = (uint16_t)(tables | block.variants[b] << b);
    }
    write(out + At::extra, tables);
    for (int i = 0; i < 128; i++) {
      const uint8_t* codes = block.codes + 2 * i - i % 32;
      out[At::qs + i] = (uint8_t)((codes[0] & 15) | codes[32] << 4);
    }
    for (int i = 0; i < 64; i++) {
      const uint8_t* codes = block.codes + 4 * i - 3 * (i % 32);
      out[At::qh + i] =
          (uint8_t)(codes[0] >> 4 | codes[32] >> 4 << 2 | codes[64] >> 4 << 4 | codes[96] >> 4 << 6);
    }
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    const uint16_t tables = read<uint16_t>(bytes + At::extra);
    for (int b = 0; b < 16; b++) {
      block.multipliers[b] = (int8_t)bytes[At::scales + b];
      block.variants[b] = tables >> b & 1;
    }
    for (int i = 0; i < 128; i++) {
      const int group = i / 32;
      const int high = bytes[At::qh + 32 * (group / 2) + i % 32] >> (4 * (group % 2));
      uint8_t* codes = block.codes + 64 * group + i % 32;
      codes[0] = (uint8_t)((bytes[At::qs + i] & 15) | (high & 3) << 4);
      codes[32] = (uint8_t)(bytes[At::qs + i] >> 4 | (high & 12) << 2);
    }
  }
};

}  // namespace
}  // namespace halftone
