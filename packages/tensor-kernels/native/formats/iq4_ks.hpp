// iq4_ks: 256 weights of 4 bits in eight blocks, one super scale for the row. packages/quant-formats/src/formats/iq4_ks.ts draws
// the block.
#pragma once

#include "../matmul/codebook.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq4_ks : description::iq4_ks {
  static void pack(const Block& block, uint8_t* out) {
    for (int b = 0; b < 8; b++) {
      const uint8_t* codes = block.codes + 32 * b;
      out[At::scales + b] = (uint8_t)((block.multipliers[b] - Search::leastMultiplier) | block.variants[b]);
      for (int i = 0; i < 16; i++) out[At::qs + 16 * b + i] = (uint8_t)(codes[i] | codes[i + 16] << 4);
    }
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    for (int b = 0; b < 8; b++) {
      const uint8_t scale = bytes[At::scales + b];
      uint8_t* codes = block.codes + 32 * b;
      block.multipliers[b] = (int16_t)((scale & 254) + Search::leastMultiplier);
      block.variants[b] = scale & 1;
      for (int i = 0; i < 16; i++) {
        codes[i] = bytes[At::qs + 16 * b + i] & 15;
        codes[i + 16] = bytes[At::qs + 16 * b + i] >> 4;
      }
    }
  }

  template <class Lanes>
  struct Vectors : SevenBitScales<Lanes, iq4_ks> {
    Vectors(const uint8_t* from, float rowScale) : SevenBitScales<Lanes, iq4_ks>(from, rowScale), bytes(from) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      return lookUpNibbles<Lanes, Search>(load<typename Lanes::Words>(bytes + At::qs + 4 * Lanes::width * Step));
    }

    const uint8_t* bytes;
  };
};

}  // namespace
}  // namespace halftone
