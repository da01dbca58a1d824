// What a program works on: the buffers of a device, each known by its place in a table.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace halftone {

/** A place in the table of buffers. */
using Handle = uint32_t;

/** In the order of `bufferKinds` in src/device/machine.ts. */
enum class BufferKind : uint32_t { none, values, indices, weights, cache };

/** In the order of `cacheFormats` in src/device/device.ts. */
enum class CacheFormat : uint32_t { f32, f16, q8_0 };

/** A `q8_0` cell is made of blocks, as in packages/quant-formats/src/formats/q8_0.ts. */
constexpr size_t CACHE_BLOCK = 32;
constexpr size_t CACHE_BLOCK_BYTES = 34;

/** The bytes of a cell of `width` values; 0 when there can be none of this width. */
constexpr size_t bytesOfCells(CacheFormat format, size_t width) {
  switch (format) {
    case CacheFormat::f32:
      return 4 * width;
    case CacheFormat::f16:
      return 2 * width;
    case CacheFormat::q8_0:
      return width % CACHE_BLOCK == 0 ? width / CACHE_BLOCK * CACHE_BLOCK_BYTES : 0;
  }
  return 0;
}

struct Buffer {
  BufferKind kind;
  /** Of weights the place of their format in the table of formats, of a cache its `CacheFormat`. */
  uint32_t format;
  uint8_t* data;
  /** Values or indices: how many. Weights: rows of one matrix. Cache: cells. */
  size_t length;
  /** Weights: columns. Cache: values of a cell. */
  size_t width;
  /** Weights: how many matrices stand one after another. */
  size_t experts;
};

}  // namespace halftone
