// f32: the weights as they are.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

struct f32 : description::f32 {
  template <class Lanes>
  static auto loadVector(const uint8_t* bytes) {
    return load<typename Lanes::Float>(bytes);
  }

  static void decodeRow(const uint8_t* bytes, size_t columns, float* out) {
    __builtin_memcpy(out, bytes, columns * sizeof(float));
  }
  static void encodeRow(const float* weights, size_t columns, uint8_t* out) {
    __builtin_memcpy(out, weights, columns * sizeof(float));
  }
};

}  // namespace
}  // namespace halftone
