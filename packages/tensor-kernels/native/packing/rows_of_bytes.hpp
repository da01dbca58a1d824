// Signed bytes with a binary16 scale for each 256 weights: packages/quant-formats/src/interleave/rows-of-bytes.ts.
#pragma once

#include "../rows.hpp"
#include "../search/load.hpp"

namespace halftone {
namespace {

template <class Description>
struct RowsOfBytes : Description {
  static constexpr int groupLength = 32;

  static void encodeRow(const float* weights, size_t columns, uint8_t* out) {
    constexpr int length = Description::blockLength;
    constexpr int largest = Description::largestCode;
    for (size_t start = 0; start < columns; start += length, out += Description::bytesPerBlock) {
      const uint16_t half = f32ToFiniteF16(largestMagnitude(weights + start, length) / largest);
      write(out + Description::At::d, half);
      quotientCodes(weights + start, length, f16ToF32(half), largest, out + Description::At::qs);
    }
  }

  static void unpackPoints(const uint8_t* bytes, float, const UnpackedPoints& out) {
    const float d = f16ToF32(read<uint16_t>(bytes + Description::At::d));
    for (int group = 0; group < Description::blockLength / groupLength; group++) out.scales[group] = d;
    __builtin_memcpy(out.values, bytes + Description::At::qs, Description::blockLength);
  }
};

}  // namespace
}  // namespace halftone
