// q4_0: 32 weights of 4 bits with one scale. packages/quant-formats/src/formats/q4_0.ts draws the block.
#pragma once

#include "../matmul/blocks_of_32.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct q4_0 : description::q4_0 {
  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(block.superScale));
    for (int i = 0; i < 16; i++) out[At::qs + i] = (uint8_t)(block.codes[i] | block.codes[i + 16] << 4);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    block.multipliers[0] = 1;
    block.variants[0] = 0;
    for (int i = 0; i < 16; i++) {
      block.codes[i] = bytes[At::qs + i] & 15;
      block.codes[i + 16] = bytes[At::qs + i] >> 4;
    }
  }

  template <class Lanes>
  struct Vectors : BlocksOf32<Lanes, q4_0> {
    static constexpr int largestCode = 15;

    Vectors(const uint8_t* from, float) : BlocksOf32<Lanes, q4_0>(from, Search::codebook[0]) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      return splitNibbles<Lanes>(this->template load16<Step>(At::qs));
    }
  };
};

}  // namespace
}  // namespace halftone
