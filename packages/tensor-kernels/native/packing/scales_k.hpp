// The twelve bytes of scales and minima of q4_K and q5_K: the twin of packages/quant-formats/src/packing/scales-k.ts.
#pragma once

#include "../rows.hpp"

namespace halftone {
namespace {

template <class At>
void packScalesOfK(const Block& block, uint8_t* out) {
  write(out + At::d, f32ToFiniteF16(block.superScale));
  write(out + At::dmin, f32ToFiniteF16(block.superMinimum));
  uint8_t* bytes = out + At::scales;
  for (int b = 0; b < 4; b++) {
    const int scale = block.multipliers[b + 4];
    const int minimum = block.minimumMultipliers[b + 4];
    bytes[b] = (uint8_t)(block.multipliers[b] | scale >> 4 << 6);
    bytes[4 + b] = (uint8_t)(block.minimumMultipliers[b] | minimum >> 4 << 6);
    bytes[8 + b] = (uint8_t)((scale & 15) | (minimum & 15) << 4);
  }
}

template <class At>
void unpackScalesOfK(const uint8_t* from, UnpackedBlock& block) {
  block.superScale = f16ToF32(read<uint16_t>(from + At::d));
  block.superMinimum = f16ToF32(read<uint16_t>(from + At::dmin));
  const uint8_t* bytes = from + At::scales;
  for (int b = 0; b < 4; b++) {
    block.multipliers[b] = bytes[b] & 63;
    block.minimumMultipliers[b] = bytes[4 + b] & 63;
    block.multipliers[b + 4] = (int16_t)((bytes[8 + b] & 15) | bytes[b] >> 6 << 4);
    block.minimumMultipliers[b + 4] = (int16_t)(bytes[8 + b] >> 4 | bytes[4 + b] >> 6 << 4);
  }
}

}  // namespace
}  // namespace halftone
