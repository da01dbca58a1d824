// iq3_k: 256 weights of 3 bits in sixteen blocks. packages/quant-formats/src/formats/iq3_k.ts draws the block.
#pragma once

#include "../matmul/codebook.hpp"
#include "../packing/planes.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq3_k : description::iq3_k {
  static void pack(const Block& block, uint8_t* out) {
    uint32_t tables = 0;
    uint32_t signs = 0;
    uint64_t scales = 0;
    for (int b = 0; b < 16; b++) {
      const int multiplier = block.multipliers[b];
      scales |= (uint64_t)(((multiplier < 0 ? -multiplier : multiplier) - 1) / 2) << (4 * b);
      signs |= (uint32_t)(multiplier < 0) << b;
      tables |= (uint32_t)block.variants[b] << b;
    }
    write(out + At::d, f32ToFiniteF16(block.superScale));
    write(out + At::extra, (uint16_t)tables);
    write(out + At::scales_h, (uint16_t)signs);
    write(out + At::scales_l, scales);
    packTwoBits(block.codes, out + At::qs);
    packBit<2>(block.codes, out + At::qh);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    const uint16_t tables = read<uint16_t>(bytes + At::extra);
    const uint16_t signs = read<uint16_t>(bytes + At::scales_h);
    for (int b = 0; b < 16; b++) {
      const int odd = 2 * nibbleAt(bytes + At::scales_l, b) + 1;
      block.multipliers[b] = (int16_t)((signs >> b & 1) == 0 ? odd : -odd);
      block.variants[b] = tables >> b & 1;
    }
    unpackTwoBits(bytes + At::qs, block.codes);
    unpackBit<2>(bytes + At::qh, block.codes);
  }
  template <class Lanes>
  struct Vectors : CodebookGroups<Lanes, Search> {
    Vectors(const uint8_t* from, float) : bytes(from) {
      const float superScale = f16ToF32(read<uint16_t>(from + At::d));
      const auto header = Lanes::loadEverywhere(from);
      this->eachVector([&](auto vector) {
        const auto fields = this->pick(vector, header, [](int group, int byte) {
          return byte == 0 ? At::scales_l + group / 2 : byte == 1 ? At::scales_h + group / 8 : At::extra + group / 8;
        });
        // Each field is brought to one place by a shift of its own, and from there to where it counts.
        const auto half = this->shift(vector, fields, [](int group) { return 4 - 4 * (group % 2); }) >> 4 & 15;
        const auto bits = this->shift(vector, fields, [](int group) { return 7 - group % 8; });
        const auto sign = bits >> 15 & 1;
        this->set(vector, superScale, (2 * half + 1) * (1 - 2 * sign), bits >> 23 & 1);
      });
    }

    template <int Step>
    StepCodes<Lanes> codes() const {
      return lookUpBytes<Lanes, Search>(codesOfThreeBits<Lanes, Step>(bytes + At::qs, bytes + At::qh));
    }

    const uint8_t* bytes;
  };
};

}  // namespace
}  // namespace halftone
