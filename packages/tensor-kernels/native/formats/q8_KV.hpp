// q8_KV: weights as signed bytes with one scale for the row, which its largest weight decides. packages/quant-formats/src/formats/q8_KV.ts
// draws the row.
#pragma once

#include "../matmul/unpack.hpp"
#include "../rows.hpp"
#include "../search/load.hpp"

namespace halftone {
namespace {

struct q8_KV : description::q8_KV {
  static constexpr int groupLength = blockLength;

  static void unpackPoints(const uint8_t* bytes, float rowScale, const UnpackedPoints& out) {
    out.scales[0] = rowScale;
    __builtin_memcpy(out.values, bytes + At::qs, blockLength);
  }

  static void encodeRow(const float* weights, size_t columns, uint8_t* out) {
    // As storeAsF32 of the twin has it: a product with the largest code must not overflow.
    constexpr float largestScale = (float)((double)(MAX_F32 / largestCode) * (1 - 0x1p-22));
    const float wanted = largestMagnitude(weights, columns) / largestCode;
    const float d = wanted < largestScale ? wanted : largestScale;
    quotientCodes(weights, columns, d, largestCode, out + rowPrefixBytes);
    int32_t sum = 0;
    for (size_t i = 0; i < columns; i++) sum += (int8_t)out[rowPrefixBytes + i];
    write(out + At::d, d);
    write(out + At::sum, sum);
  }

  template <class Lanes>
  struct Vectors {
    using Words = typename Lanes::Words;
    static constexpr int groups = 8;
    static constexpr int largestCode = 128;

    Vectors(const uint8_t* from, float rowScale) : bytes(from) {
      unroll<Grouping<Lanes, groups>::vectors>([&](auto vector) {
        scales.of[vector.value] = broadcast<typename Lanes::Float>(rowScale);
      });
    }

    template <int Step>
    StepCodes<Lanes> codes() const {
      const auto half = [&](int offset) {
        return loadParts<Words>([&](int part) { return bytes + (Step * Lanes::parts + part) * bytesPerBlock + At::qs + offset; });
      };
      return signedCodes<Lanes>(half(0), half(16));
    }

    GroupVectors<Lanes, groups> scales;
    const uint8_t* bytes;
  };
};

}  // namespace
}  // namespace halftone
