// iq5_ks: 256 weights of 5 bits in eight blocks, one super scale for the row. packages/quant-formats/src/formats/iq5_ks.ts draws the block.
#pragma once

#include "../matmul/codebook.hpp"
#include "../packing/planes.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq5_ks : description::iq5_ks {
  static void pack(const Block& block, uint8_t* out) {
    for (int b = 0; b < 8; b++) {
      out[At::scales + b] = (uint8_t)((block.multipliers[b] - Search::leastMultiplier) | block.variants[b]);
    }
    packNibbles(block.codes, out + At::qs);
    packBit<4>(block.codes, out + At::qh);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    for (int b = 0; b < 8; b++) {
      const uint8_t scale = bytes[At::scales + b];
      block.multipliers[b] = (int16_t)((scale & 254) + Search::leastMultiplier);
      block.variants[b] = scale & 1;
    }
    unpackNibbles(bytes + At::qs, block.codes);
    unpackBit<4>(bytes + At::qh, block.codes);
  }
  template <class Lanes>
  struct Vectors : SevenBitScales<Lanes, iq5_ks> {
    Vectors(const uint8_t* from, float rowScale) : SevenBitScales<Lanes, iq5_ks>(from, rowScale), bytes(from) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      return lookUpBytes<Lanes, Search>(codesOfFiveBits<Lanes, Step>(bytes + At::qs, bytes + At::qh));
    }

    const uint8_t* bytes;
  };
};

}  // namespace
}  // namespace halftone
