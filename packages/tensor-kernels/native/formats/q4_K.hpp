// q4_K: 256 weights of 4 bits in eight blocks with a scale and a minimum each. packages/quant-formats/src/formats/q4_K.ts draws the block.
#pragma once

#include "../matmul/fields.hpp"
#include "../matmul/groups.hpp"
#include "../packing/planes.hpp"
#include "../packing/scales_k.hpp"

namespace halftone {
namespace {

struct q4_K : description::q4_K {
  static void pack(const Block& block, uint8_t* out) {
    packScalesOfK<At>(block, out);
    packNibbles(block.codes, out + At::qs);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    unpackScalesOfK<At>(bytes, block);
    unpackNibbles(bytes + At::qs, block.codes);
  }
  template <class Lanes>
  struct Vectors : ScalesOfK<Lanes, q4_K> {
    Vectors(const uint8_t* from, float) : ScalesOfK<Lanes, q4_K>(from), bytes(from) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      return unsignedCodes(fieldOf<Lanes, FourBitField, Step>(bytes + At::qs));
    }

    const uint8_t* bytes;
  };
};

}  // namespace
}  // namespace halftone
