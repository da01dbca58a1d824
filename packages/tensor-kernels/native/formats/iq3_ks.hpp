// iq3_ks: 256 weights of 3 bits in eight blocks, one super scale for the row. packages/quant-formats/src/formats/iq3_ks.ts draws the block.
#pragma once

#include "../matmul/codebook.hpp"
#include "../packing/planes.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq3_ks : description::iq3_ks {
  static void pack(const Block& block, uint8_t* out) {
    uint32_t extra = 0;
    uint32_t scales = 0;
    for (int b = 0; b < 8; b++) {
      const uint32_t scale = (uint32_t)(block.multipliers[b] - Search::leastMultiplier);
      scales |= (scale & 15) << (8 * (b % 4) + 4 * (b / 4));
      extra |= (scale >> 4) << b | (uint32_t)block.variants[b] << (8 + b);
    }
    write(out + At::extra, (uint16_t)extra);
    write(out + At::scales, scales);
    packTwoBits(block.codes, out + At::qs);
    packBit<2>(block.codes, out + At::qh);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    const uint16_t extra = read<uint16_t>(bytes + At::extra);
    for (int b = 0; b < 8; b++) {
      const int low = bytes[At::scales + b % 4] >> (4 * (b / 4)) & 15;
      block.multipliers[b] = (int16_t)((low | (extra >> b & 1) << 4) + Search::leastMultiplier);
      block.variants[b] = extra >> (8 + b) & 1;
    }
    unpackTwoBits(bytes + At::qs, block.codes);
    unpackBit<2>(bytes + At::qh, block.codes);
  }
  template <class Lanes>
  struct Vectors : CodebookGroups<Lanes, Search> {
    Vectors(const uint8_t* from, float rowScale) : bytes(from) {
      const auto header = Lanes::loadEverywhere(from);
      this->eachVector([&](auto vector) {
        const auto fields = this->pick(vector, header, [](int group, int byte) {
          return byte == 0 ? At::scales + group % 4 : byte == 1 ? At::extra : At::extra + 1;
        });
        // Each field is brought to one place by a shift of its own, and from there to where it counts.
        const auto low = this->shift(vector, fields, [](int group) { return 4 - group / 4 * 4; }) >> 4 & 15;
        const auto bits = this->shift(vector, fields, [](int group) { return 7 - group; });
        this->set(vector, rowScale, (low | (bits >> 11 & 16)) + Search::leastMultiplier, bits >> 23 & 1);
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
