// Rows of a format: the search and the packing of a block put together, for every format alike.
#pragma once

#include "generated/descriptions.hpp"
#include "search/search.hpp"

namespace halftone {
namespace {

/** What was found for a block of a format, to be packed. `multipliers` and `variants` have one entry per block of the search. */
struct Block {
  const uint8_t* codes;
  const int16_t* multipliers;
  const uint8_t* variants;
  float superScale;
};

/** What a block of a format says, to be restored. Formats with a scale per row leave `superScale` alone. */
struct UnpackedBlock {
  uint8_t codes[256];
  int16_t multipliers[16];
  uint8_t variants[16];
  float superScale;
};

/** Whether weights are coded by the search; other formats encode and decode rows themselves. */
template <class Format>
concept Searched = requires { typename Format::Search; };

template <class Format>
inline size_t bytesPerRow(size_t columns) {
  return Format::rowPrefixBytes + columns / Format::blockLength * Format::bytesPerBlock;
}

template <class Format>
void decodeRow(const uint8_t* bytes, size_t columns, float* out) {
  if constexpr (Searched<Format>) {
    UnpackedBlock block;
    if (Format::rowPrefixBytes > 0) block.superScale = read<float>(bytes + Format::At::d);
    bytes += Format::rowPrefixBytes;
    for (size_t start = 0; start < columns; start += Format::blockLength, bytes += Format::bytesPerBlock) {
      Format::unpack(bytes, block);
      restoreBlock<Format>(block, out + start);
    }
  } else {
    Format::decodeRow(bytes, columns, out);
  }
}

/** The values of the codebook as each variant shifts them. */
template <class Description>
struct ShiftedCodebooks {
  static constexpr int length = lengthOf(Description::codebook);
  float values[lengthOf(Description::shifts)][length];
};

template <class Description>
constexpr ShiftedCodebooks<Description> shiftCodebooks() {
  ShiftedCodebooks<Description> shifted = {};
  for (int variant = 0; variant < lengthOf(Description::shifts); variant++) {
    for (int code = 0; code < shifted.length; code++) {
      shifted.values[variant][code] = Description::codebook[code] + Description::shifts[variant];
    }
  }
  return shifted;
}

/** `superScale * multiplier * (codebook[code] + shift)`, rounded to f32 after each product. */
template <class Format>
void restoreBlock(const UnpackedBlock& block, float* out) {
  using Search = typename Format::Search;
  static constexpr ShiftedCodebooks<Search> codebooks = shiftCodebooks<Search>();
  for (int b = 0; b < Format::blockLength / Search::blockLength; b++) {
    const float scale = block.superScale * block.multipliers[b];
    const float* values = codebooks.values[block.variants[b]];
    for (int i = b * Search::blockLength; i < (b + 1) * Search::blockLength; i++) {
      out[i] = scale * values[block.codes[i]];
    }
  }
}

/** Encodes rows of a searched format. One search takes a row, a block or some blocks, whatever shares no super scale with others. */
template <class Lanes, class Format>
class RowEncoder {
  using Search = typename Format::Search;
  using Float = typename Lanes::Float;

 public:
  RowEncoder(Arena& arena, size_t columns)
      : blocksPerRow(columns / Search::blockLength),
        blocksPerSearch(Format::rowPrefixBytes > 0 ? blocksPerRow
                        : Search::hasMultipliers   ? Format::blockLength / Search::blockLength
                                                   : Lanes::width),
        weightsPerSearch(Workspace<Lanes, Search>::groupsOf(blocksPerSearch) * Search::blockLength),
        errorWeights(arena.take<Float>((blocksPerRow + blocksPerSearch - 1) / blocksPerSearch * weightsPerSearch)),
        multipliers(arena.take<int16_t>(blocksPerSearch)),
        variants(arena.take<uint8_t>(blocksPerSearch)),
        work(arena, blocksPerSearch) {}

  /** Before any row: the importance of the columns, or a null pointer. */
  void setImportance(const float* importance) {
    eachSearch([&](size_t first, size_t blocks, size_t search) {
      const float* part = importance == nullptr ? nullptr : importance + first * Search::blockLength;
      loadErrorWeights(work, part, blocks, errorWeights + search * weightsPerSearch);
    });
  }

  void encode(const float* weights, uint8_t* out) {
    eachSearch([&](size_t first, size_t blocks, size_t search) {
      searchBlocks(work, weights + first * Search::blockLength, blocks, errorWeights + search * weightsPerSearch);
      if (Format::rowPrefixBytes > 0) write(out + Format::At::d, superScaleOf(0));
      packBlocks(blocks, out + Format::rowPrefixBytes + first / blocksPerPack * Format::bytesPerBlock);
    });
  }

 private:
  static constexpr size_t blocksPerPack = Format::blockLength / Search::blockLength;

  template <class Each>
  void eachSearch(Each each) {
    for (size_t first = 0, search = 0; first < blocksPerRow; first += blocksPerSearch, search++) {
      const size_t left = blocksPerRow - first;
      each(first, left < blocksPerSearch ? left : blocksPerSearch, search);
    }
  }

  float superScaleOf(size_t block) const {
    return work.each(work.superScales)[block] / work.each(work.factors)[block];
  }

  void packBlocks(size_t blocks, uint8_t* out) {
    for (size_t block = 0; block < blocks; block++) {
      multipliers[block] = (int16_t)work.each(work.multipliers)[block];
      variants[block] = (uint8_t)((const int32_t*)work.variants)[block];
    }
    for (size_t block = 0; block < blocks; block += blocksPerPack, out += Format::bytesPerBlock) {
      Format::pack({work.codes + block * Search::blockLength, multipliers + block, variants + block, superScaleOf(block)},
                   out);
    }
  }

  size_t blocksPerRow;
  size_t blocksPerSearch;
  size_t weightsPerSearch;
  Float* errorWeights;
  int16_t* multipliers;
  uint8_t* variants;
  Workspace<Lanes, Search> work;
};

template <class Format>
void decodeRows(const uint8_t* bytes, size_t rows, size_t columns, float* out) {
  for (size_t row = 0; row < rows; row++) {
    decodeRow<Format>(bytes + row * bytesPerRow<Format>(columns), columns, out + row * columns);
  }
}

/** How much memory `encodeRows` needs to be lent. */
template <class Lanes, class Format>
size_t scratchBytes(size_t columns) {
  if constexpr (Searched<Format>) {
    Arena arena(nullptr);
    RowEncoder<Lanes, Format> encoder(arena, columns);
    return arena.bytes();
  }
  return 0;
}

/** Encode rows of finite weights. `importance` has one value per column, or is a null pointer. */
template <class Lanes, class Format>
void encodeRows(const float* weights, size_t rows, size_t columns, const float* importance, uint8_t* out, void* scratch) {
  const size_t rowBytes = bytesPerRow<Format>(columns);
  if constexpr (Searched<Format>) {
    Arena arena(scratch);
    RowEncoder<Lanes, Format> encoder(arena, columns);
    encoder.setImportance(importance);
    for (size_t row = 0; row < rows; row++) encoder.encode(weights + row * columns, out + row * rowBytes);
  } else {
    for (size_t row = 0; row < rows; row++) Format::encodeRow(weights + row * columns, columns, out + row * rowBytes);
  }
}

}  // namespace
}  // namespace halftone
