// q8_0: 32 weights as signed bytes with one scale, which the largest weight decides.
#pragma once

#include "../matmul/blocks_of_32.hpp"
#include "../rows.hpp"
#include "../search/load.hpp"

namespace halftone {
namespace {

struct q8_0 : description::q8_0 {
  static constexpr float LARGEST_CODE = 127;

  static void decodeRow(const uint8_t* bytes, size_t columns, float* out) {
    for (size_t start = 0; start < columns; start += blockLength, bytes += bytesPerBlock) {
      const float d = f16ToF32(read<uint16_t>(bytes + At::d));
      for (int i = 0; i < blockLength; i++) out[start + i] = d * (float)(int8_t)bytes[At::qs + i];
    }
  }

  static void encodeRow(const float* weights, size_t columns, uint8_t* out) {
    for (size_t start = 0; start < columns; start += blockLength, out += bytesPerBlock) {
      const uint16_t half = f32ToFiniteF16(largestMagnitude(weights + start, blockLength) / LARGEST_CODE);
      const float d = f16ToF32(half);
      const float inverse = d == 0 ? 0 : 1 / d;
      write(out + At::d, half);
      for (int i = 0; i < blockLength; i++) {
        const float target = weights[start + i] * inverse;
        const float raised = target > -LARGEST_CODE ? target : -LARGEST_CODE;
        const float within = raised < LARGEST_CODE ? raised : LARGEST_CODE;
        out[At::qs + i] = (uint8_t)(int8_t)(within + ROUND_TO_WHOLE - ROUND_TO_WHOLE);
      }
    }
  }

  template <class Lanes>
  struct Vectors : BlocksOf32<Lanes, q8_0> {
    using Words = typename Lanes::Words;
    static constexpr int largestCode = 128;

    Vectors(const uint8_t* from, float) : BlocksOf32<Lanes, q8_0>(from, 0) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      const Words first = this->template load16<Step>(At::qs);
      const Words second = this->template load16<Step>(At::qs + 16);
      return {evenBytes(first), oddBytes(first), evenBytes(second), oddBytes(second)};
    }

   private:
    typedef int16_t Signed __attribute__((vector_size(sizeof(Words))));
    static Words evenBytes(Words bytes) { return oddBytes(bytes << 8); }
    static Words oddBytes(Words bytes) { return (Words)((Signed)bytes >> 8); }
  };
};

}  // namespace
}  // namespace halftone
