// q5_0: 32 weights of 5 bits with one scale. packages/quant-formats/src/formats/q5_0.ts draws the block.
#pragma once

#include "../matmul/blocks_of_32.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct q5_0 : description::q5_0 {
  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(block.superScale));
    uint32_t high = 0;
    for (int i = 0; i < 16; i++) {
      const uint8_t first = block.codes[i];
      const uint8_t second = block.codes[i + 16];
      out[At::qs + i] = (uint8_t)((first & 15) | second << 4);
      high |= (uint32_t)(first >> 4) << i | (uint32_t)(second >> 4) << (i + 16);
    }
    write(out + At::qh, high);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    block.multipliers[0] = 1;
    block.variants[0] = 0;
    const uint32_t high = read<uint32_t>(bytes + At::qh);
    for (int i = 0; i < 16; i++) {
      block.codes[i] = (uint8_t)((bytes[At::qs + i] & 15) | (high >> i & 1) << 4);
      block.codes[i + 16] = (uint8_t)(bytes[At::qs + i] >> 4 | (high >> (i + 16) & 1) << 4);
    }
  }

  template <class Lanes>
  struct Vectors : BlocksOf32<Lanes, q5_0> {
    static constexpr int largestCode = 31;

    Vectors(const uint8_t* from, float) : BlocksOf32<Lanes, q5_0>(from, Search::codebook[0]) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      const auto nibbles = splitNibbles<Lanes>(this->template load16<Step>(At::qs));
      return withFifthBits<Lanes>(nibbles, this->template load16<Step>(At::qh));
    }
  };
};

}  // namespace
}  // namespace halftone
