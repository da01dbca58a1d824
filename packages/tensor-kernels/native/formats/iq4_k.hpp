// iq4_k: 256 weights of 4 bits in sixteen blocks. packages/quant-formats/src/formats/iq4_k.ts draws the block.
#pragma once

#include "../matmul/codebook.hpp"
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
  struct Vectors : SixBitScales<Lanes, iq4_k> {
    Vectors(const uint8_t* from, float) : SixBitScales<Lanes, iq4_k>(from), bytes(from) {}

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
