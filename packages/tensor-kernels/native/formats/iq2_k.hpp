// iq2_k: 256 weights of 2 bits in sixteen blocks. packages/quant-formats/src/formats/iq2_k.ts draws the block.
#pragma once

#include "../packing/planes.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq2_k : description::iq2_k {
  static void pack(const Block& block, uint8_t* out) {
    uint16_t tables = 0;
    uint64_t scales = 0;
    for (int b = 0; b < 16; b++) {
      scales |= (uint64_t)(block.multipliers[b] - Search::leastMultiplier) << (4 * b);
      tables = (uint16_t)(tables | block.variants[b] << b);
    }
    write(out + At::d, f32ToFiniteF16(block.superScale));
    write(out + At::extra, tables);
    write(out + At::scales, scales);
    packTwoBits(block.codes, out + At::qs);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    const uint16_t tables = read<uint16_t>(bytes + At::extra);
    for (int b = 0; b < 16; b++) {
      block.multipliers[b] = (int16_t)(nibbleAt(bytes + At::scales, b) + Search::leastMultiplier);
      block.variants[b] = tables >> b & 1;
    }
    unpackTwoBits(bytes + At::qs, block.codes);
  }
};

}  // namespace
}  // namespace halftone
