// iq5_k: 256 weights of 5 bits in sixteen blocks. packages/quant-formats/src/formats/iq5_k.ts draws the block.
#pragma once

#include "../matmul/codebook.hpp"
#include "../packing/planes.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq5_k : description::iq5_k {
  static void pack(const Block& block, uint8_t* out) {
    uint32_t tables = 0;
    uint64_t low = 0;
    uint32_t high = 0;
    for (int b = 0; b < 16; b++) {
      const uint32_t scale = (uint32_t)(block.multipliers[b] - Search::leastMultiplier);
      low |= (uint64_t)(scale & 15) << (4 * b);
      high |= (scale >> 4) << (2 * b);
      tables |= (uint32_t)block.variants[b] << b;
    }
    write(out + At::d, f32ToFiniteF16(block.superScale));
    write(out + At::extra, (uint16_t)tables);
    write(out + At::scales_h, high);
    write(out + At::scales_l, low);
    packNibbles(block.codes, out + At::qs);
    packBit<4>(block.codes, out + At::qh);
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    const uint16_t tables = read<uint16_t>(bytes + At::extra);
    for (int b = 0; b < 16; b++) {
      const int high = bytes[At::scales_h + b / 4] >> (2 * (b % 4)) & 3;
      block.multipliers[b] = (int16_t)((nibbleAt(bytes + At::scales_l, b) | high << 4) + Search::leastMultiplier);
      block.variants[b] = tables >> b & 1;
    }
    unpackNibbles(bytes + At::qs, block.codes);
    unpackBit<4>(bytes + At::qh, block.codes);
  }
  template <class Lanes>
  struct Vectors : SixBitScales<Lanes, iq5_k> {
    Vectors(const uint8_t* from, float) : SixBitScales<Lanes, iq5_k>(from), bytes(from) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      return lookUpBytes<Lanes, Search>(codesOfFiveBits<Lanes, Step>(bytes + At::qs, bytes + At::qh));
    }

    const uint8_t* bytes;
  };
};

}  // namespace
}  // namespace halftone
