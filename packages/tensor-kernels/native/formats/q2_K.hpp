// q2_K: 256 weights of 2 bits in sixteen blocks with a scale and a minimum each. packages/quant-formats/src/formats/q2_K.ts draws the block.
#pragma once

#include "../matmul/fields.hpp"
#include "../matmul/groups.hpp"
#include "../packing/planes.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct q2_K : description::q2_K {
  static void pack(const Block& block, uint8_t* out) {
    for (int b = 0; b < 16; b++) {
      out[At::scales + b] = (uint8_t)(block.multipliers[b] | block.minimumMultipliers[b] << 4);
    }
    packTwoBits(block.codes, out + At::qs);
    write(out + At::d, f32ToFiniteF16(block.superScale));
    write(out + At::dmin, f32ToFiniteF16(block.superMinimum));
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    for (int b = 0; b < 16; b++) {
      block.multipliers[b] = bytes[At::scales + b] & 15;
      block.minimumMultipliers[b] = bytes[At::scales + b] >> 4;
    }
    unpackTwoBits(bytes + At::qs, block.codes);
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    block.superMinimum = f16ToF32(read<uint16_t>(bytes + At::dmin));
  }
  template <class Lanes>
  struct Vectors : AffineGroups<Lanes, Search> {
    Vectors(const uint8_t* from, float) : bytes(from) {
      const float superScale = f16ToF32(read<uint16_t>(from + At::d));
      const float superMinimum = f16ToF32(read<uint16_t>(from + At::dmin));
      const auto header = Lanes::loadEverywhere(from + At::scales);
      this->eachVector([&](auto vector) {
        const auto both = this->pick(vector, header, [](int group, int) { return group; });
        this->set(vector, superScale, both & 15, superMinimum, both >> 4 & 15);
      });
    }

    template <int Step>
    StepCodes<Lanes> codes() const {
      return unsignedCodes(codesOfTwoBits<Lanes, Step>(bytes + At::qs));
    }

    const uint8_t* bytes;
  };
};

}  // namespace
}  // namespace halftone
