// q6_K: 256 weights of 6 bits in sixteen blocks. packages/quant-formats/src/formats/q6_K.ts draws the block.
#pragma once

#include "../matmul/fields.hpp"
#include "../matmul/groups.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct q6_K : description::q6_K {
  static void pack(const Block& block, uint8_t* out) {
    for (int b = 0; b < 16; b++) out[At::scales + b] = (uint8_t)block.multipliers[b];
    write(out + At::d, f32ToFiniteF16(block.superScale));
    for (int half = 0; half < 2; half++) {
      const uint8_t* codes = block.codes + 128 * half;
      uint8_t* low = out + At::ql + 64 * half;
      uint8_t* high = out + At::qh + 32 * half;
      for (int i = 0; i < 64; i++) low[i] = (uint8_t)((codes[i] & 15) | codes[i + 64] << 4);
      for (int i = 0; i < 32; i++) {
        high[i] = (uint8_t)(codes[i] >> 4 | codes[i + 32] >> 4 << 2 | codes[i + 64] >> 4 << 4 | codes[i + 96] >> 4 << 6);
      }
    }
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    for (int b = 0; b < 16; b++) {
      block.multipliers[b] = (int8_t)bytes[At::scales + b];
      block.variants[b] = 0;
    }
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    for (int i = 0; i < 128; i++) {
      const int half = i / 64;
      const int within = i % 64;
      const uint8_t low = bytes[At::ql + i];
      const int high = bytes[At::qh + 32 * half + within % 32] >> (within < 32 ? 0 : 2);
      uint8_t* codes = block.codes + 128 * half + within;
      codes[0] = (uint8_t)((low & 15) | (high & 3) << 4);
      codes[64] = (uint8_t)(low >> 4 | (high & 0x30));
    }
  }

  /** Four bits of the codes. */
  struct LowField {
    static constexpr int bits = 4;
    static constexpr int byteOf(int run, int half) { return run / 4 * 64 + run % 2 * 32 + 16 * half; }
    static constexpr int bitOf(int run, int) { return run % 4 / 2 * 4; }
  };

  template <class Lanes>
  struct Vectors : CodebookGroups<Lanes, Search> {
    Vectors(const uint8_t* from, float) : bytes(from) {
      const float superScale = f16ToF32(read<uint16_t>(from + At::d));
      this->eachVector([&](auto vector) { this->set(vector, superScale, this->signedBytes(vector, from + At::scales)); });
    }

    template <int Step>
    StepCodes<Lanes> codes() const {
      return unsignedCodes(codesOfSixBits<Lanes, LowField, Step>(bytes + At::ql, bytes + At::qh));
    }

    const uint8_t* bytes;
  };
};

}  // namespace
}  // namespace halftone
