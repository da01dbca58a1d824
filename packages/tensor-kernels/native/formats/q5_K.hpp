// q5_K: 256 weights of 5 bits in eight blocks with a scale and a minimum each. packages/quant-formats/src/formats/q5_K.ts draws the block.
#pragma once

#include "../matmul/fields.hpp"
#include "../matmul/groups.hpp"
#include "../packing/planes.hpp"
#include "../packing/scales_k.hpp"

namespace halftone {
namespace {

struct q5_K : description::q5_K {
  static void pack(const Block& block, uint8_t* out) {
    packScalesOfK<At>(block, out);
    packBit<4>(block.codes, out + At::qh);
    packNibbles(block.codes, out + At::qs);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    unpackScalesOfK<At>(bytes, block);
    unpackNibbles(bytes + At::qs, block.codes);
    unpackBit<4>(bytes + At::qh, block.codes);
  }
  template <class Lanes>
  struct Vectors : ScalesOfK<Lanes, q5_K> {
    Vectors(const uint8_t* from, float) : ScalesOfK<Lanes, q5_K>(from), bytes(from) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      return unsignedCodes(codesOfFiveBits<Lanes, Step>(bytes + At::qs, bytes + At::qh));
    }

    const uint8_t* bytes;
  };
};

}  // namespace
}  // namespace halftone
