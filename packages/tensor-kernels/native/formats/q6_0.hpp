// q6_0: 32 weights of 6 bits with one scale. packages/quant-formats/src/formats/q6_0.ts draws the block.
#pragma once

#include "../matmul/blocks_of_32.hpp"
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

  template <class Lanes>
  struct Vectors : BlocksOf32<Lanes, q6_0> {
    using Words = typename Lanes::Words;
    static constexpr int largestCode = 63;

    Vectors(const uint8_t* from, float) : BlocksOf32<Lanes, q6_0>(from, Search::codebook[0]) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      const auto nibbles = splitNibbles<Lanes>(this->template load16<Step>(At::qs));
      // Eight bytes: those of columns 0 to 7 in bits 0 and 1, 8 to 15 in bits 4 and 5, and 16 columns on in the bits above.
      const auto low = this->template load16<Step>(At::qh);
      StepCodes<Lanes> codes;
      unroll<4>([&](auto vector) {
        constexpr int v = vector.value;
        const Words bytes = pickWords<Lanes>(low, [](int word) { return (2 * word + v % 2) % 8; });
        const Words bits = bytes * constantPerWord<Lanes>([](int word) { return word < 4 ? 16 : 1; });
        codes.of[v] = nibbles.of[v] | (v / 2 == 0 ? bits & 48 : bits >> 2 & 48);
      });
      return codes;
    }
  };
};

}  // namespace
}  // namespace halftone
