// iq4_k: 256 weights of 4 bits in sixteen blocks. packages/quant-formats/src/formats/iq4_k.ts draws the block.
#pragma once

#include "../matmul/nibbles.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq4_k : description::iq4_k {
  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(block.superScale));
    packScales(block, out);
    for (int i = 0; i < 128; i++) {
      const uint8_t* codes = block.codes + 2 * i - i % 16;
      out[At::qs + i] = (uint8_t)(codes[0] | codes[16] << 4);
    }
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    const uint16_t tables = read<uint16_t>(bytes + At::extra);
    for (int b = 0; b < 16; b++) {
      const int low = bytes[At::scales_l + b / 2] >> (4 * (b % 2)) & 15;
      const int high = bytes[At::scales_h + b / 4] >> (2 * (b % 4)) & 3;
      block.multipliers[b] = (int16_t)((low | high << 4) + Search::leastMultiplier);
      block.variants[b] = tables >> b & 1;
    }
    for (int i = 0; i < 128; i++) {
      uint8_t* codes = block.codes + 2 * i - i % 16;
      codes[0] = bytes[At::qs + i] & 15;
      codes[16] = bytes[At::qs + i] >> 4;
    }
  }

  template <class Lanes>
  struct Vectors : NibbleGroups<Lanes, Search> {
    Vectors(const uint8_t* from, float) : bytes(from) {
      const float superScale = f16ToF32(read<uint16_t>(from + At::d));
      const auto header = Lanes::loadEverywhere(from);
      this->eachVector([&](auto vector) {
        const auto fields = this->pick(vector, header, [](int group, int byte) {
          return byte == 0 ? At::scales_l + group / 2 : byte == 1 ? At::scales_h + group / 4 : At::extra + group / 8;
        });
        // Each field is brought to one place by a shift of its own, and from there to where it counts.
        const auto low = this->shift(vector, fields, [](int group) { return 4 - 4 * (group % 2); }) >> 4 & 15;
        const auto high = this->shift(vector, fields, [](int group) { return 6 - 2 * (group % 4); }) >> 10 & 48;
        const auto variant = this->shift(vector, fields, [](int group) { return 7 - group % 8; }) >> 23 & 1;
        this->set(vector, superScale, (low | high) + Search::leastMultiplier, variant);
      });
    }

    template <int Step>
    StepCodes<Lanes> codes() const {
      return lookUpNibbles<Lanes, Search>(load<typename Lanes::Words>(bytes + At::qs + 4 * Lanes::width * Step));
    }

    const uint8_t* bytes;
  };

 private:
  static void packScales(const Block& block, uint8_t* out) {
    uint16_t tables = 0;
    uint64_t low = 0;
    uint32_t high = 0;
    for (int b = 0; b < 16; b++) {
      const uint32_t scale = (uint32_t)(block.multipliers[b] - Search::leastMultiplier);
      low |= (uint64_t)(scale & 15) << (4 * b);
      high |= (scale >> 4) << (2 * b);
      tables = (uint16_t)(tables | block.variants[b] << b);
    }
    write(out + At::extra, tables);
    write(out + At::scales_h, high);
    write(out + At::scales_l, low);
  }
};

}  // namespace
}  // namespace halftone
