// iq4_xs: 256 weights of 4 bits in eight blocks. packages/quant-formats/src/formats/iq4_xs.ts draws the block.
#pragma once

#include "../matmul/codebook.hpp"
#include "../packing/planes.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq4_xs : description::iq4_xs {
  static void pack(const Block& block, uint8_t* out) {
    uint16_t high = 0;
    uint32_t low = 0;
    for (int b = 0; b < 8; b++) {
      const uint32_t scale = (uint32_t)(block.multipliers[b] - Search::leastMultiplier);
      low |= (scale & 15) << (4 * b);
      high = (uint16_t)(high | (scale >> 4) << (2 * b));
    }
    write(out + At::d, f32ToFiniteF16(block.superScale));
    write(out + At::scales_h, high);
    write(out + At::scales_l, low);
    for (int i = 0; i < 128; i++) {
      const uint8_t* codes = block.codes + 2 * i - i % 16;
      out[At::qs + i] = (uint8_t)(codes[0] | codes[16] << 4);
    }
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    const uint16_t high = read<uint16_t>(bytes + At::scales_h);
    for (int b = 0; b < 8; b++) {
      const int scale = nibbleAt(bytes + At::scales_l, b) | (high >> (2 * b) & 3) << 4;
      block.multipliers[b] = (int16_t)(scale + Search::leastMultiplier);
      block.variants[b] = 0;
    }
    for (int i = 0; i < 128; i++) {
      uint8_t* codes = block.codes + 2 * i - i % 16;
      codes[0] = bytes[At::qs + i] & 15;
      codes[16] = bytes[At::qs + i] >> 4;
    }
  }
  template <class Lanes>
  struct Vectors : CodebookGroups<Lanes, Search> {
    Vectors(const uint8_t* from, float) : bytes(from) {
      const float superScale = f16ToF32(read<uint16_t>(from + At::d));
      const auto header = Lanes::loadEverywhere(from);
      this->eachVector([&](auto vector) {
        const auto fields = this->pick(vector, header, [](int group, int byte) {
          return byte == 0 ? At::scales_l + group / 2 : At::scales_h + group / 4;
        });
        // Each field is brought to one place by a shift of its own, and from there to where it counts.
        const auto low = this->shift(vector, fields, [](int group) { return 4 - 4 * (group % 2); }) >> 4 & 15;
        const auto high = this->shift(vector, fields, [](int group) { return 6 - 2 * (group % 4); }) >> 10 & 48;
        this->set(vector, superScale, (low | high) + Search::leastMultiplier);
      });
    }

    template <int Step>
    StepCodes<Lanes> codes() const {
      return lookUpNibbles<Lanes, Search>(load<typename Lanes::Words>(bytes + At::qs + 4 * Lanes::width * Step));
    }

    const uint8_t* bytes;
  };
};

}  // namespace
}  // namespace halftone
