// f16: IEEE 754 binary16; weights beyond its range become the largest.
#pragma once

#include "../rows.hpp"
#include "../simd/reduce.hpp"

namespace halftone {
namespace {

struct f16 : description::f16 {
  template <class Lanes>
  static auto loadVector(const uint8_t* bytes) {
    return loadHalves<Lanes>(bytes);
  }

  static void decodeRow(const uint8_t* bytes, size_t columns, float* out) {
    for (size_t i = 0; i < columns; i++) out[i] = f16ToF32(read<uint16_t>(bytes + 2 * i));
  }
  static void encodeRow(const float* weights, size_t columns, uint8_t* out) {
    for (size_t i = 0; i < columns; i++) write(out + 2 * i, f32ToFiniteF16(weights[i]));
  }
};

}  // namespace
}  // namespace halftone
