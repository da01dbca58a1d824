// q1_0: 128 weights as signs of one scale. packages/quant-formats/src/formats/q1_0.ts draws the block.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

struct q1_0 : description::q1_0 {
  static constexpr int groupLength = 32;

  template <class>
  class Encoder {
   public:
    Encoder(Arena& arena, size_t columns) : columns(columns), errorWeights(arena.take<float>(columns)) {}

    void setImportance(const float* importance) {
      for (size_t first = 0; first < columns; first += blockLength) {
        weighRun(importance == nullptr ? nullptr : importance + first, blockLength, errorWeights + first);
      }
    }

    void encode(const float* weights, uint8_t* out) const {
      for (size_t first = 0; first < columns; first += blockLength, out += bytesPerBlock) {
        write(out + At::d, f32ToFiniteF16((float)meanMagnitude(weights + first, errorWeights + first)));
        packSigns(weights + first, out + At::qs);
      }
    }

   private:
    size_t columns;
    float* errorWeights;
  };

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    const float d = f16ToF32(read<uint16_t>(bytes + At::d));
    for (int group = 0; group < blockLength / groupLength; group++) out.scales[group] = d;
    for (int i = 0; i < blockLength; i++) out.values[i] = (int8_t)((bytes[At::qs + i / 8] >> i % 8 & 1) * 2 - 1);
  }

 private:
  /** `sum(w |x|) / sum(w)`: the scale of least error, whatever the weights. */
  static double meanMagnitude(const float* weights, const float* errorWeights) {
    double weighted = 0;
    double weight = 0;
    for (int i = 0; i < blockLength; i++) {
      weighted += (double)errorWeights[i] * magnitudeOf(weights[i]);
      weight += errorWeights[i];
    }
    return weighted / weight;
  }

  static void packSigns(const float* weights, uint8_t* out) {
    for (int byte = 0; byte < blockLength / 8; byte++) {
      int signs = 0;
      for (int bit = 0; bit < 8; bit++) signs |= (weights[8 * byte + bit] >= 0) << bit;
      out[byte] = (uint8_t)signs;
    }
  }
};

}  // namespace
}  // namespace halftone
