// The arrays of one affine search, in memory that the caller lends: a twin of packages/quant-formats/src/search/affine/workspace.ts.
#pragma once

#include "../workspace.hpp"

namespace halftone {
namespace {

/** How many super numbers are tried around the first, and how many of them are smaller. */
constexpr int AFFINE_TRIALS = 12;
constexpr int SMALLER_TRIALS = 4;

/** The sums of the codes of each block: `sum(w c c)`, `sum(w c)` and `sum(w x c)`, besides `sum(w)` and `sum(w x)`. */
template <class Float>
struct AffineSums {
  Float codeCode;
  Float code;
  Float weight;
  Float weightCode;
  Float value;
};

/** A scale and a minimum. */
template <class Float>
struct AffineFit {
  Float scale;
  Float minimum;
};

/** A lane per block, in groups, as those of ../workspace.hpp. */
template <class Lanes, class Description>
struct AffineWorkspace {
  using Float = typename Lanes::Float;
  static constexpr int width = Lanes::width;
  static constexpr int blockLength = Description::blockLength;
  static constexpr int probesPerBlock = lengthOf(Description::leastPlaces);

  static size_t groupsOf(size_t blocks) { return (blocks + width - 1) / width; }

  AffineWorkspace(Arena& arena, size_t mostBlocks, size_t runLength) : runLength(runLength) {
    const size_t groups = groupsOf(mostBlocks);
    values = arena.take<Float>(groups * blockLength);
    weightedValues = arena.take<Float>(groups * blockLength);
    least = arena.take<Float>(groups);
    greatest = arena.take<Float>(groups);
    factors = arena.take<Float>(groups);
    squareSums = arena.take<Float>(groups);
    probes = arena.take<AffineSums<Float>>(groups * probesPerBlock);
    probeFits = arena.take<AffineFit<Float>>(groups * probesPerBlock);
    weightSums = arena.take<Float>(groups);
    valueSums = arena.take<Float>(groups);
    trialGains = arena.take<Float>(groups);
    multipliers = arena.take<AffineFit<Float>>(groups);
    superNumbers = arena.take<AffineFit<Float>>(groups);
    sums = arena.take<AffineSums<Float>>(groups);
    codesByLane = arena.take<uint8_t>(groups * blockLength * width);
    codes = arena.take<uint8_t>(groups * blockLength * width);
  }

  /** Begin a search over `blockCount` blocks. */
  void start(size_t blockCount) {
    blocks = blockCount;
    groups = groupsOf(blockCount);
  }

  /** The lanes of an array per block, one block after another. */
  static const float* each(const Float* array) { return (const float*)array; }
  static float* each(Float* array) { return (float*)array; }

  /** Blocks that share super numbers. */
  const size_t runLength;

  size_t blocks = 0;
  size_t groups = 0;
  const Float* errorWeights = nullptr;

  /** Per weight: normalized, and times what its error counts. */
  Float* values;
  Float* weightedValues;
  /** Per block: the least and the greatest value, the power of two that normalizes, and `sum(w x x)`. */
  Float* least;
  Float* greatest;
  Float* factors;
  Float* squareSums;
  /** Per probe: the sums of its codes, and what suits them best. */
  AffineSums<Float>* probes;
  AffineFit<Float>* probeFits;
  /** Per block: `sum(w)` and `sum(w x)`. */
  Float* weightSums;
  Float* valueSums;
  /** Per block: what is gained under the super numbers of a trial. */
  Float* trialGains;
  /** Per block: what is chosen. */
  AffineFit<Float>* multipliers;
  AffineFit<Float>* superNumbers;
  /** Per block: the sums of its codes. */
  AffineSums<Float>* sums;
  /** The codes, those of weight i of each lane together, and those of each block together. */
  uint8_t* codesByLane;
  uint8_t* codes;
};

}  // namespace
}  // namespace halftone
