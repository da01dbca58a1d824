// q8_0: 32 weights as signed bytes with one scale, which the largest weight decides.
#pragma once

#include "../matmul/blocks_of_32.hpp"
#include "../rows.hpp"
#include "../search/load.hpp"

namespace halftone {
namespace {

struct q8_0 : description::q8_0 {
  static void decodeRow(const uint8_t* bytes, size_t columns, float* out) {
    for (size_t start = 0; start < columns; start += blockLength, bytes += bytesPerBlock) {
      const float d = f16ToF32(read<uint16_t>(bytes + At::d));
      for (int i = 0; i < blockLength; i++) out[start + i] = d * (float)(int8_t)bytes[At::qs + i];
    }
  }

  static void encodeRow(const float* weights, size_t columns, uint8_t* out) {
    for (size_t start = 0; start < columns; start += blockLength, out += bytesPerBlock) {
      const uint16_t half = f32ToFiniteF16(largestMagnitude(weights + start, blockLength) / largestCode);
      const float d = f16ToF32(half);
      const float inverse = d == 0 ? 0 : 1 / d;
      write(out + At::d, half);
      for (int i = 0; i < blockLength; i++) {
        const float target = weights[start + i] * inverse;
        const float raised = target > -largestCode ? target : -largestCode;
        const float within = raised < largestCode ? raised : largestCode;
        out[At::qs + i] = (uint8_t)(int8_t)(within + ROUND_TO_WHOLE - ROUND_TO_WHOLE);
      }
    }
  }

  template <class Lanes>
  struct Vectors : BlocksOf32<Lanes, q8_0> {
    static constexpr int largestCode = 128;

    Vectors(const uint8_t* from, float) : BlocksOf32<Lanes, q8_0>(from, 0) {}

    template <int Step>
    StepCodes<Lanes> codes() const {
      return signedCodes<Lanes>(this->template load16<Step>(At::qs), this->template load16<Step>(At::qs + 16));
    }
  };
};

}  // namespace
}  // namespace halftone
