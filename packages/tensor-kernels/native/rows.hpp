// Rows of a format: the search and the packing of a block put together, for every format alike.
#pragma once

#include "generated/descriptions.hpp"
#include "search/affine/search.hpp"
#include "search/search.hpp"

namespace halftone {
namespace {

/** What was found for a block of a format, to be packed. `multipliers` and `variants` have one entry per block of the search. */
struct Block {
  const uint8_t* codes;
  const int16_t* multipliers;
  const uint8_t* variants;
  float superScale;
  /** Of formats that have minima. */
  const int16_t* minimumMultipliers;
  float superMinimum;
  /** Of formats in which groups of weights have codes. */
  GroupCodes groups;
};

/** What a block of a format says, to be restored. Formats with a scale per row leave `superScale` alone. */
struct UnpackedBlock {
  uint8_t codes[256];
  int16_t multipliers[16];
  uint8_t variants[16];
  float superScale;
  /** Of formats that have minima. */
  int16_t minimumMultipliers[16];
  float superMinimum;
};

/** Where a block goes whose weights are whole numbers, from -128 to 127, times a scale. */
struct UnpackedPoints {
  int8_t* values;
  /** Of each group of weights. */
  float* scales;
};

/** Whether a format unpacks like that; `groupLength` of its weights have a scale. */
template <class Format>
concept HasPoints = requires { Format::groupLength; };

/** Whether weights are coded by the search; other formats encode rows themselves. */
template <class Format>
concept Searched = requires { typename Format::Search; };

/** The super scale of a row, for formats that have one: a prefix of two bytes is a binary16. */
template <class Format>
inline float rowScale(const uint8_t* row) {
  if constexpr (Format::rowPrefixBytes == 0) return 0;
  else if constexpr (Format::rowPrefixBytes == 2) return f16ToF32(read<uint16_t>(row + Format::At::d));
  else return read<float>(row + Format::At::d);
}

template <class Format>
inline size_t bytesPerRow(size_t columns) {
  return Format::rowPrefixBytes + columns / Format::blockLength * Format::bytesPerBlock;
}

template <class Format>
void decodeRow(const uint8_t* bytes, size_t columns, float* out) {
  if constexpr (HasPoints<Format>) {
    const float scale = rowScale<Format>(bytes);
    bytes += Format::rowPrefixBytes;
    alignas(64) int8_t values[Format::blockLength];
    float scales[Format::blockLength / Format::groupLength];
    for (size_t start = 0; start < columns; start += Format::blockLength, bytes += Format::bytesPerBlock) {
      Format::unpackPoints(bytes, scale, {values, scales});
      for (int i = 0; i < Format::blockLength; i++) out[start + i] = scales[i / Format::groupLength] * values[i];
      if constexpr (requires { Format::signZeros(bytes, out); }) Format::signZeros(bytes, out + start);
    }
  } else if constexpr (Searched<Format>) {
    UnpackedBlock block;
    block.superScale = rowScale<Format>(bytes);
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

/**
 * `superScale * multiplier * code - superMinimum * multiplier`, the first and the last product rounded to f32, and the difference.
 * In vectors, because GCC 12 turns the plain loop into vectors that are never stored.
 */
template <class Format>
void restoreAffine(const UnpackedBlock& block, float* out) {
  typedef uint8_t Codes __attribute__((vector_size(4)));
  typedef int32_t Ints __attribute__((vector_size(16)));
  typedef double Doubles __attribute__((vector_size(32)));
  typedef float Floats __attribute__((vector_size(16)));
  constexpr int length = Format::Search::blockLength;
  for (int b = 0; b < Format::blockLength / length; b++) {
    const double scale = block.superScale * block.multipliers[b];
    const double minimum = block.superMinimum * block.minimumMultipliers[b];
    for (int i = b * length; i < (b + 1) * length; i += 4) {
      const auto codes = __builtin_convertvector(__builtin_convertvector(load<Codes>(block.codes + i), Ints), Doubles);
      store(out + i, __builtin_convertvector(codes * scale - minimum, Floats));
    }
  }
}

/** `superScale * multiplier * (codebook[code] + shift)`, rounded to f32 after each product. */
template <class Format>
void restoreScaled(const UnpackedBlock& block, float* out) {
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

template <class Format>
void restoreBlock(const UnpackedBlock& block, float* out) {
  if constexpr (Format::Search::hasMinima) restoreAffine<Format>(block, out);
  else restoreScaled<Format>(block, out);
}

/** What a search works in. */
template <class Lanes, class Description, bool HasMinima>
struct WorkspaceOf {
  using Type = Workspace<Lanes, Description>;
};
template <class Lanes, class Description>
struct WorkspaceOf<Lanes, Description, true> {
  using Type = AffineWorkspace<Lanes, Description>;
};

/** Encodes rows of a searched format. One search takes a row, or as many blocks as fill the lanes and share no super scale with others. */
template <class Lanes, class Format>
class RowEncoder {
  using Search = typename Format::Search;
  using Float = typename Lanes::Float;
  using Work = typename WorkspaceOf<Lanes, Search, Search::hasMinima>::Type;

 public:
  RowEncoder(Arena& arena, size_t columns)
      : blocksPerRow(columns / Search::blockLength),
        runLength(Format::rowPrefixBytes > 0 ? blocksPerRow : Search::hasMultipliers ? blocksPerPack : 1),
        blocksPerSearch(runLength < Lanes::width ? Lanes::width / runLength * runLength : runLength),
        weightsPerSearch(Work::groupsOf(blocksPerSearch) * Search::blockLength),
        errorWeights(arena.take<Float>((blocksPerRow + blocksPerSearch - 1) / blocksPerSearch * weightsPerSearch)),
        multipliers(arena.take<int16_t>(blocksPerSearch)),
        variants(arena.take<uint8_t>(blocksPerSearch)),
        minimumMultipliers(arena.take<int16_t>(blocksPerSearch)),
        work(arena, blocksPerSearch, runLength) {}

  /** Before any row: the importance of the columns, or a null pointer. */
  void setImportance(const float* importance) {
    eachSearch([&](size_t first, size_t blocks, size_t search) {
      const float* part = importance == nullptr ? nullptr : importance + first * Search::blockLength;
      loadErrorWeights<Lanes>(work, part, blocks, errorWeights + search * weightsPerSearch);
    });
  }

  void encode(const float* weights, uint8_t* out) {
    eachSearch([&](size_t first, size_t blocks, size_t search) {
      searchBlocks(work, weights + first * Search::blockLength, blocks, errorWeights + search * weightsPerSearch);
      if constexpr (Format::rowPrefixBytes > 0) writeRowScale(out);
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

  void writeRowScale(uint8_t* out) const {
    const float scale = superScaleOf(0);
    if constexpr (Search::storesF16) write(out + Format::At::d, f32ToFiniteF16(scale));
    else write(out + Format::At::d, scale);
  }

  float factorOf(size_t block) const { return work.each(work.factors)[block]; }

  float superScaleOf(size_t block) const {
    if constexpr (Search::hasMinima) return work.superNumbers[block / Lanes::width].scale[block % Lanes::width] / factorOf(block);
    else return work.each(work.superScales)[block] / factorOf(block);
  }

  float superMinimumOf(size_t block) const {
    if constexpr (Search::hasMinima) return work.superNumbers[block / Lanes::width].minimum[block % Lanes::width] / factorOf(block);
    else return 0;
  }

  void takeNumbers(size_t block) {
    if constexpr (Search::hasMinima) {
      multipliers[block] = (int16_t)work.multipliers[block / Lanes::width].scale[block % Lanes::width];
      minimumMultipliers[block] = (int16_t)work.multipliers[block / Lanes::width].minimum[block % Lanes::width];
    } else {
      multipliers[block] = (int16_t)work.each(work.multipliers)[block];
      variants[block] = (uint8_t)((const int32_t*)work.variants)[block];
    }
  }

  void packBlocks(size_t blocks, uint8_t* out) {
    for (size_t block = 0; block < blocks; block++) takeNumbers(block);
    for (size_t block = 0; block < blocks; block += blocksPerPack, out += Format::bytesPerBlock) {
      Format::pack({work.codes + block * Search::blockLength, multipliers + block, variants + block, superScaleOf(block),
                    minimumMultipliers + block, superMinimumOf(block), groupCodesOf(block * Search::blockLength)},
                   out);
    }
  }

  /** The codes of groups from weight `first` of the run on. */
  GroupCodes groupCodesOf(size_t first) const {
    if constexpr (Grouped<Search>) return {work.points + first, work.moves + first, work.signs + first / EIGHT};
    else return {};
  }

  size_t blocksPerRow;
  /** Blocks that share a super scale. */
  size_t runLength;
  size_t blocksPerSearch;
  size_t weightsPerSearch;
  Float* errorWeights;
  int16_t* multipliers;
  uint8_t* variants;
  int16_t* minimumMultipliers;
  Work work;
};

/** Encodes rows of a format that looks at nothing but the row. */
template <class Format>
struct PlainEncoder {
  size_t columns;

  PlainEncoder(Arena&, size_t columns) : columns(columns) {}
  void setImportance(const float*) {}
  void encode(const float* weights, uint8_t* out) const { Format::encodeRow(weights, columns, out); }
};

/** What encodes the rows of a format: what it names as its `Encoder` itself, or the search. */
template <class Lanes, class Format>
struct EncoderOf {
  using Type = PlainEncoder<Format>;
};
template <class Lanes, class Format>
  requires Searched<Format>
struct EncoderOf<Lanes, Format> {
  using Type = RowEncoder<Lanes, Format>;
};
template <class Lanes, class Format>
  requires requires { typename Format::template Encoder<Lanes>; }
struct EncoderOf<Lanes, Format> {
  using Type = typename Format::template Encoder<Lanes>;
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
  Arena arena(nullptr);
  typename EncoderOf<Lanes, Format>::Type encoder(arena, columns);
  return arena.bytes();
}

/** Encode rows of finite weights. `importance` has one value per column, or is a null pointer. */
template <class Lanes, class Format>
void encodeRows(const float* weights, size_t rows, size_t columns, const float* importance, uint8_t* out, void* scratch) {
  const size_t rowBytes = bytesPerRow<Format>(columns);
  Arena arena(scratch);
  typename EncoderOf<Lanes, Format>::Type encoder(arena, columns);
  encoder.setImportance(importance);
  for (size_t row = 0; row < rows; row++) encoder.encode(weights + row * columns, out + row * rowBytes);
}

}  // namespace
}  // namespace halftone
