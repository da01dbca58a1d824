// bf16: the upper half of an f32.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

struct bf16 : description::bf16 {
  template <class Lanes>
  static auto loadVector(const uint8_t* bytes) {
    return (typename Lanes::Float)(widenHalves<Lanes>(bytes) << 16);
  }

  static void decodeRow(const uint8_t* bytes, size_t columns, float* out) {
    uint8_t* to = (uint8_t*)out;
    for (size_t i = 0; i < columns; i++) write(to + 4 * i, (uint32_t)read<uint16_t>(bytes + 2 * i) << 16);
  }
  static void encodeRow(const float* weights, size_t columns, uint8_t* out) {
    const uint8_t* from = (const uint8_t*)weights;
    for (size_t i = 0; i < columns; i++) write(out + 2 * i, f32BitsToFiniteBf16(read<uint32_t>(from + 4 * i)));
  }
};

}  // namespace
}  // namespace halftone
