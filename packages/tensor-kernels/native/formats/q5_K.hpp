// q5_K: 256 weights of 5 bits in eight blocks with a scale and a minimum each. packages/quant-formats/src/formats/q5_K.ts draws the block.
#pragma once

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
};

}  // namespace
}  // namespace halftone
