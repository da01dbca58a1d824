// The rows of a cache: floats in, floats out, whatever the format.
#pragma once

#include "../generated/registry.hpp"
#include "../simd/reduce.hpp"
#include "buffers.hpp"

namespace halftone {
namespace {

static_assert(CACHE_BLOCK == description::q8_0::blockLength && CACHE_BLOCK_BYTES == description::q8_0::bytesPerBlock);

inline uint8_t* cellAt(const Buffer& cache, size_t cell) { return cache.data + cell * bytesOfCells((CacheFormat)cache.format, cache.width); }

inline void storeCell(const Buffer& cache, size_t cell, const float* row) {
  uint8_t* const to = cellAt(cache, cell);
  switch ((CacheFormat)cache.format) {
    case CacheFormat::f32:
      __builtin_memcpy(to, row, 4 * cache.width);
      return;
    case CacheFormat::f16:
      f16::encodeRow(row, cache.width, to);
      return;
    case CacheFormat::q8_0:
      q8_0::encodeRow(row, cache.width, to);
      return;
  }
}

template <class Lanes>
void loadHalfValues(const uint8_t* from, size_t length, float* out) {
  eachVector<Lanes>(
      length, [&](size_t i) { store(out + i, loadHalves<Lanes>(from + 2 * i)); },
      [&](size_t i) { out[i] = f16ToF32(read<uint16_t>(from + 2 * i)); });
}

/** Values `first` to `first + length` of a cell in blocks with scales. */
template <class Lanes>
void loadBlockValues(const uint8_t* cell, size_t first, size_t length, float* out) {
  using At = description::q8_0::At;
  for (size_t done = 0; done < length;) {
    const uint8_t* const block = cell + (first + done) / CACHE_BLOCK * CACHE_BLOCK_BYTES;
    const size_t start = (first + done) % CACHE_BLOCK;
    const size_t count = length - done < CACHE_BLOCK - start ? length - done : CACHE_BLOCK - start;
    const float d = f16ToF32(read<uint16_t>(block + At::d));
    const uint8_t* const codes = block + At::qs + start;
    float* const to = out + done;
    eachVector<Lanes>(
        count, [&](size_t i) { store(to + i, loadSignedBytes<Lanes>(codes + i) * d); },
        [&](size_t i) { to[i] = (float)(int8_t)codes[i] * d; });
    done += count;
  }
}

/** Values `first` to `first + length` of a cell. */
template <class Lanes>
void loadCell(const Buffer& cache, size_t cell, size_t first, size_t length, float* out) {
  const uint8_t* const from = cellAt(cache, cell);
  switch ((CacheFormat)cache.format) {
    case CacheFormat::f32:
      __builtin_memcpy(out, from + 4 * first, 4 * length);
      return;
    case CacheFormat::f16:
      loadHalfValues<Lanes>(from + 2 * first, length, out);
      return;
    case CacheFormat::q8_0:
      loadBlockValues<Lanes>(from, first, length, out);
      return;
  }
}

}  // namespace
}  // namespace halftone
