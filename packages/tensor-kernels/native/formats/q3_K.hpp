// q3_K: 256 weights of 3 bits in sixteen blocks. packages/quant-formats/src/formats/q3_K.ts draws the block.
#pragma once

#include "../matmul/fields.hpp"
#include "../matmul/groups.hpp"
#include "../packing/planes.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct q3_K : description::q3_K {
  static void pack(const Block& block, uint8_t* out) {
    packBit<2>(block.codes, out + At::hmask);
    packTwoBits(block.codes, out + At::qs);
    uint8_t* scales = out + At::scales;
    for (int b = 0; b < 8; b++) scales[b] = (uint8_t)((scaleOf(block, b) & 15) | (scaleOf(block, b + 8) & 15) << 4);
    for (int b = 0; b < 4; b++) {
      uint8_t high = 0;
      for (int k = 0; k < 4; k++) high = (uint8_t)(high | scaleOf(block, b + 4 * k) >> 4 << (2 * k));
      scales[8 + b] = high;
    }
    write(out + At::d, f32ToFiniteF16(block.superScale));
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    const uint8_t* scales = bytes + At::scales;
    for (int b = 0; b < 16; b++) {
      const int low = scales[b % 8] >> (4 * (b / 8)) & 15;
      const int high = scales[8 + b % 4] >> (2 * (b / 4)) & 3;
      block.multipliers[b] = (int16_t)((low | high << 4) + Search::leastMultiplier);
      block.variants[b] = 0;
    }
    unpackTwoBits(bytes + At::qs, block.codes);
    unpackBit<2>(bytes + At::hmask, block.codes);
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
  }

  template <class Lanes>
  struct Vectors : CodebookGroups<Lanes, Search> {
    Vectors(const uint8_t* from, float) : bytes(from) {
      const float superScale = f16ToF32(read<uint16_t>(from + At::d));
      // Sixteen bytes from the scales on would reach beyond the block.
      constexpr int before = 4;
      const auto header = Lanes::loadEverywhere(from + At::scales - before);
      this->eachVector([&](auto vector) {
        const auto fields = this->pick(vector, header, [](int group, int byte) {
          return before + (byte == 0 ? group % 8 : 8 + group % 4);
        });
        // Each field is brought to one place by a shift of its own, and from there to where it counts.
        const auto low = this->shift(vector, fields, [](int group) { return 4 - group / 8 * 4; }) >> 4 & 15;
        const auto high = this->shift(vector, fields, [](int group) { return 6 - group / 4 * 2; }) >> 10 & 48;
        this->set(vector, superScale, (low | high) + Search::leastMultiplier);
      });
    }

    template <int Step>
    StepCodes<Lanes> codes() const {
      return unsignedCodes(codesOfThreeBits<Lanes, Step>(bytes + At::qs, bytes + At::hmask));
    }

    const uint8_t* bytes;
  };

 private:
  static int scaleOf(const Block& block, int b) { return block.multipliers[b] - Search::leastMultiplier; }
};

}  // namespace
}  // namespace halftone
