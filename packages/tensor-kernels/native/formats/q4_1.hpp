// q4_1: 32 weights of 4 bits with a scale and a least weight. packages/quant-formats/src/formats/q4_1.ts draws the block.
#pragma once

#include "../matmul/blocks_of_32.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct q4_1 : description::q4_1 {
  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(block.superScale));
    write(out + At::m, f32ToFiniteF16(-block.superMinimum));
    for (int i = 0; i < 16; i++) out[At::qs + i] = (uint8_t)(block.codes[i] | block.codes[i + 16] << 4);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    block.superMinimum = -f16ToF32(read<uint16_t>(bytes + At::m));
    block.multipliers[0] = 1;
    block.minimumMultipliers[0] = 1;
    for (int i = 0; i < 16; i++) {
      block.codes[i] = bytes[At::qs + i] & 15;
      block.codes[i + 16] = bytes[At::qs + i] >> 4;
    }
  }

  template <class Lanes>
  struct Vectors : AffineBlocksOf32<Lanes, q4_1> {
    Vectors(const uint8_t* from, float) : AffineBlocksOf32<Lanes, q4_1>(from) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      return splitNibbles<Lanes>(this->template load16<Step>(At::qs));
    }
  };
};

}  // namespace
}  // namespace halftone
