// iq4_nl: 32 weights of 4 bits with one scale. packages/quant-formats/src/formats/iq4_nl.ts draws the block.
#pragma once

#include "../matmul/blocks_of_32.hpp"
#include "../matmul/codebook.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq4_nl : description::iq4_nl {
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
  struct Vectors : BlocksOf32<Lanes, iq4_nl> {
    static constexpr int largestCode = (int)(Search::codebook[15] - Search::codebook[0]);

    Vectors(const uint8_t* from, float) : BlocksOf32<Lanes, iq4_nl>(from, Search::codebook[0]) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      return lookUpNibbles<Lanes, Search>(this->template load16<Step>(At::qs));
    }
  };
};

}  // namespace
}  // namespace halftone
