// iq6_k: 256 weights of 6 bits in sixteen blocks. packages/quant-formats/src/formats/iq6_k.ts draws the block.
#pragma once

#include "../matmul/generic.hpp"
#include "../matmul/fields.hpp"
#include "../matmul/groups.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq6_k : description::iq6_k {
  static void pack(const Block& block, uint8_t* out) {
    write(out + At::d, f32ToFiniteF16(block.superScale));
    uint16_t tables = 0;
    for (int b = 0; b < 16; b++) {
      out[At::scales + b] = (uint8_t)block.multipliers[b];
      tables = (uint16_t)(tables | block.variants[b] << b);
    }
    write(out + At::extra, tables);
    for (int i = 0; i < 128; i++) {
      const uint8_t* codes = block.codes + 2 * i - i % 32;
      out[At::qs + i] = (uint8_t)((codes[0] & 15) | codes[32] << 4);
    }
    for (int i = 0; i < 64; i++) {
      const uint8_t* codes = block.codes + 4 * i - 3 * (i % 32);
      out[At::qh + i] =
          (uint8_t)(codes[0] >> 4 | codes[32] >> 4 << 2 | codes[64] >> 4 << 4 | codes[96] >> 4 << 6);
    }
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    block.superScale = f16ToF32(read<uint16_t>(bytes + At::d));
    const uint16_t tables = read<uint16_t>(bytes + At::extra);
    for (int b = 0; b < 16; b++) {
      block.multipliers[b] = (int8_t)bytes[At::scales + b];
      block.variants[b] = tables >> b & 1;
    }
    for (int i = 0; i < 128; i++) {
      const int group = i / 32;
      const int high = bytes[At::qh + 32 * (group / 2) + i % 32] >> (4 * (group % 2));
      uint8_t* codes = block.codes + 64 * group + i % 32;
      codes[0] = (uint8_t)((bytes[At::qs + i] & 15) | (high & 3) << 4);
      codes[32] = (uint8_t)(bytes[At::qs + i] >> 4 | (high & 12) << 2);
    }
  }

  template <class Lanes>
  struct Vectors : ScaledGroups<Lanes, 16> {
    using Int = typename Lanes::Int;
    using Words = typename Lanes::Words;
    /** What a value of the codebook is in codes: `factor` of them each, counted from `zero`. */
    static constexpr int unitShift = 6;
    static constexpr int factor = 1 << unitShift;
    static constexpr bool looksUp = requires(const int16_t (&table)[64], Words words) { Lanes::lookUpWords(table, words); };
    static constexpr float zero = looksUp ? 0 : -291;
    static constexpr int largestCode = 127 * factor;

    Vectors(const uint8_t* from, float) : bytes(from) {
      const float superScale = f16ToF32(read<uint16_t>(from + At::d)) / factor;
      const Int tables = broadcast<Int>((int32_t)read<uint16_t>(from + At::extra));
      this->eachVector([&](auto vector) {
        const Int bit = constantPerGroup<Lanes, 16, vector.value>([](int group) { return 1 << group; });
        const auto scales = toFloat<Lanes>(this->signedBytes(vector, from + At::scales)) * superScale;
        this->scales.of[vector.value] = scales;
        const auto shift = (typename Lanes::Float)(broadcast<Int>((int32_t)bitsOf(Search::shifts[1] * factor)) & ((tables & bit) != 0));
        bases.of[vector.value] = zero + shift;
      });
    }

    template <int Step>
    StepCodes<Lanes> codes() const {
      StepCodes<Lanes> codes = unsignedCodes(codesOfSixBits<Lanes, FourBitField, Step>(bytes + At::qs, bytes + At::qh));
      for (auto& words : codes.of) {
        if constexpr (looksUp) {
          static constexpr Values values = valuesInCodes();
          words = Lanes::lookUpWords(values.of, words);
        } else {
          words = cubic(words << 10);
        }
      }
      return codes;
    }

    GroupVectors<Lanes, 16> bases;
    const uint8_t* bytes;

   private:
    struct Values {
      alignas(64) int16_t of[64];
    };
    static constexpr Values valuesInCodes() {
      static_assert(IntegerCodebook<iq6_k>::factor() == factor);
      Values values = {};
      for (int code = 0; code < 64; code++) values.of[code] = IntegerCodebook<iq6_k>::of(Search::codebook[code]);
      return values;
    }

    /**
     * The codebook is a cubic, which needs no square when its argument is counted from where it bends. With that argument as a
     * fraction of 16 bits it is worked out in integers; no value is further than 0.013 from that of the codebook.
     */
    static Words cubic(Words code) {
      const Words x = code + constant(787 - 32768);
      const Words square = Lanes::multiplyFractions(x, x);
      return Lanes::multiplyFractions(Lanes::multiplyFractions(square, constant(2511)) + constant(5638), x);
    }

    static Words constant(int value) { return broadcast<Words>((uint16_t)value); }
  };
};

}  // namespace
}  // namespace halftone
