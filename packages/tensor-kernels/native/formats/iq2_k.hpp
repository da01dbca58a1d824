// iq2_k: 256 weights of 2 bits in sixteen blocks. packages/quant-formats/src/formats/iq2_k.ts draws the block.
#pragma once

#include "../matmul/codebook.hpp"
#include "../packing/planes.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq2_k : description::iq2_k {
  static void pack(const Block& block, uint8_t* out) {
    uint16_t tables = 0;
    uint64_t scales = 0;
    for (int b = 0; b < 16; b++) {
      scales |= (uint64_t)(block.multipliers[b] - Search::leastMultiplier) << (4 * b);
      tables = (uint16_t)(tables | block.variants[b] << b);
    }
    write(out + At::d, f32ToFiniteF16(block.superScale));
    write(out + At::extra, tables);
    write(out + At::scales, scales);
    packTwoBits(block.codes, out + At::qs);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    const uint16_t tables = read<uint16_t>(bytes + At::extra);
    for (int b = 0; b < 16; b++) {
      block.multipliers[b] = (int16_t)(nibbleAt(bytes + At::scales, b) + Search::leastMultiplier);
      block.variants[b] = tables >> b & 1;
    }
    unpackTwoBits(bytes + At::qs, block.codes);
  }
  template <class Lanes>
  struct Vectors : CodebookGroups<Lanes, Search> {
    Vectors(const uint8_t* from, float) : bytes(from) {
      const float superScale = f16ToF32(read<uint16_t>(from + At::d));
      const auto header = Lanes::loadEverywhere(from);
      this->eachVector([&](auto vector) {
        const auto fields = this->pick(vector, header, [](int group, int byte) {
          return byte == 0 ? At::scales + group / 2 : At::extra + group / 8;
        });
        // Each field is brought to one place by a shift of its own, and from there to where it counts.
        const auto scale = this->shift(vector, fields, [](int group) { return 4 - 4 * (group % 2); }) >> 4 & 15;
        const auto variant = this->shift(vector, fields, [](int group) { return 7 - group % 8; }) >> 15 & 1;
        this->set(vector, superScale, scale + Search::leastMultiplier, variant);
      });
    }

    template <int Step>
    StepCodes<Lanes> codes() const {
      return lookUpBytes<Lanes, Search>(codesOfTwoBits<Lanes, Step>(bytes + At::qs));
    }

    const uint8_t* bytes;
  };
};

}  // namespace
}  // namespace halftone
