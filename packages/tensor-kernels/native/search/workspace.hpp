// The arrays of one search, in memory that the caller lends: a twin of packages/quant-formats/src/search/workspace.ts.
#pragma once

#include "../arena.hpp"
#include "../simd/lanes.hpp"

namespace halftone {
namespace {

template <class Number, int Count>
constexpr int lengthOf(const Number (&)[Count]) {
  return Count;
}

/** How many super scales are tried for a run. */
constexpr int TRIALS = 8;

/** Call `each` with the first block and the number of blocks of every run of a search. */
template <class Work, class Each>
inline void eachRun(const Work& work, Each each) {
  for (size_t first = 0; first < work.blocks; first += work.runLength) {
    const size_t left = work.blocks - first;
    each(first, left < work.runLength ? left : work.runLength);
  }
}

/**
 * The arrays of a search over some blocks, a lane per block: blocks stand in groups of `Lanes::width`, the last one padded with
 * blocks of zeros. Of a group, entry i of `values` holds weight i of each block; the arrays per block have an entry per group.
 */
template <class Lanes, class Description>
struct Workspace {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  static constexpr int width = Lanes::width;
  static constexpr int blockLength = Description::blockLength;
  static constexpr int places = lengthOf(Description::probes);
  static constexpr int probesPerBlock = places * lengthOf(Description::shifts);

  static size_t groupsOf(size_t blocks) { return (blocks + width - 1) / width; }

  Workspace(Arena& arena, size_t mostBlocks, size_t runLength) : runLength(runLength) {
    const size_t groups = groupsOf(mostBlocks);
    values = arena.take<Float>(groups * blockLength);
    weightedValues = arena.take<Float>(groups * blockLength);
    extremes = arena.take<Float>(groups);
    factors = arena.take<Float>(groups);
    squareSums = arena.take<Float>(groups);
    probeScales = arena.take<Float>(groups * probesPerBlock);
    probeGains = arena.take<Float>(groups * probesPerBlock);
    probeCurvatures = arena.take<Float>(groups * probesPerBlock);
    trialScales = arena.take<Float>(groups * TRIALS);
    trialGains = arena.take<Float>(groups * TRIALS);
    multipliers = arena.take<Float>(groups);
    variants = arena.take<Int>(groups);
    superScales = arena.take<Float>(groups);
    weightCodes = arena.take<Float>(groups);
    codeCodes = arena.take<Float>(groups);
    codesByLane = arena.take<uint8_t>(groups * blockLength * width);
    codes = arena.take<uint8_t>(groups * blockLength * width);
    points = arena.take<uint16_t>(groups * blockLength * width);
    moves = arena.take<uint8_t>(groups * blockLength * width);
    signs = arena.take<uint8_t>(groups * blockLength * width / 8);
  }

  /** Begin a search over `blockCount` blocks. */
  void start(size_t blockCount) {
    blocks = blockCount;
    groups = groupsOf(blockCount);
  }

  /** The lanes of an array per block, one block after another. */
  static const float* each(const Float* array) { return (const float*)array; }
  static float* each(Float* array) { return (float*)array; }

  /** Blocks that share a super scale. */
  const size_t runLength;

  /** Of the search that goes on: its blocks without padding, and what the square error of each weight counts. */
  size_t blocks = 0;
  size_t groups = 0;
  const Float* errorWeights = nullptr;

  /** Per weight: normalized, and times what its error counts. */
  Float* values;
  Float* weightedValues;
  /** Per block: the value of largest magnitude, the power of two that normalizes, and `sum(w x x)`. */
  Float* extremes;
  Float* factors;
  Float* squareSums;
  /** Per probe: the block scale that suits its codes best, what is gained there, and how fast that falls beside it. */
  Float* probeScales;
  Float* probeGains;
  Float* probeCurvatures;
  /** Per trial and block: a super scale, and what is gained under it. */
  Float* trialScales;
  Float* trialGains;
  /** Per block: what is chosen. */
  Float* multipliers;
  Int* variants;
  Float* superScales;
  /** Per block: the sums of its codes. */
  Float* weightCodes;
  Float* codeCodes;
  /** The codes, those of weight i of each lane together, and those of each block together. */
  uint8_t* codesByLane;
  uint8_t* codes;
  /** Where groups of weights have codes: per weight its point or state and its move, and per eight weights their signs. */
  uint16_t* points;
  uint8_t* moves;
  uint8_t* signs;
};

}  // namespace
}  // namespace halftone
