// Which value of a codebook is nearest: the twin of packages/quant-formats/src/search/thresholds.ts.
//
// The thresholds between the values decide, and a number on a threshold counts as above it. However that is found out, the answer
// is the same, so it is found in the way that suits vectors.
#pragma once

#include "../numeric/half.hpp"
#include "../simd/lanes.hpp"

namespace halftone {
namespace {

/**
 * A grid over the codebook, of which each cell holds one threshold at most. `cellOf` is a rising function of the target, so a
 * target in a lower cell than a threshold lies below it and one in a higher cell above it, whatever was rounded on the way; only
 * within the cell must the two be compared. One look-up gives the threshold of the cell, one the value on either side of it.
 */
template <int Capacity>
struct Grid {
  float cellsPerUnit = 0;
  float origin = 0;
  int cells = 0;
  /** Whether no cell holds two thresholds, and the look-ups stay within the tables. */
  bool isSound = true;
  /** The threshold of each cell, or infinity. */
  alignas(64) float thresholds[Capacity] = {};
  /** The nearest value and its code, for a target in cell `i` below its threshold, or in cell `i - 1` not below it. */
  alignas(64) float values[Capacity] = {};
  alignas(64) float codes[Capacity] = {};

  constexpr int cellOf(float target) const {
    const float cell = target * cellsPerUnit + origin;
    const float raised = cell > 0 ? cell : 0;
    return (int)(raised < (float)(cells - 1) ? raised : (float)(cells - 1));
  }
};

template <int Count>
constexpr float thresholdAbove(const float (&codebook)[Count], int code) {
  return (codebook[code] + codebook[code + 1]) / 2;
}

/** The least capacity, a power of two from 8 up, that a grid over `codebook` needs. */
template <int Count>
constexpr int gridCapacity(const float (&codebook)[Count]) {
  float gap = MAX_F32;
  for (int code = 1; code + 1 < Count; code++) {
    const float distance = thresholdAbove(codebook, code) - thresholdAbove(codebook, code - 1);
    if (distance < gap) gap = distance;
  }
  const float span = thresholdAbove(codebook, Count - 2) - thresholdAbove(codebook, 0);
  int capacity = 8;
  // The cells between the outer thresholds, and one beyond each.
  while ((float)(capacity - 3) * gap < span) capacity *= 2;
  return capacity;
}

template <int Capacity, int Count>
constexpr Grid<Capacity> makeGrid(const float (&codebook)[Count]) {
  Grid<Capacity> grid;
  const float first = thresholdAbove(codebook, 0);
  const float last = thresholdAbove(codebook, Count - 2);
  grid.cells = Capacity - 1;
  grid.cellsPerUnit = (float)(Capacity - 3) / (last - first);
  grid.origin = 1 - first * grid.cellsPerUnit;
  for (int cell = 0; cell < Capacity; cell++) grid.thresholds[cell] = __builtin_inff();
  int code = 0;
  for (int cell = 0; cell < Capacity; cell++) {
    grid.values[cell] = codebook[code];
    grid.codes[cell] = (float)code;
    if (code + 1 < Count && grid.cellOf(thresholdAbove(codebook, code)) == cell) {
      grid.thresholds[cell] = thresholdAbove(codebook, code);
      code++;
    }
  }
  grid.isSound = code == Count - 1;
  return grid;
}

/** The nearest values, and where their codes are found. */
template <class Lanes>
struct Nearest {
  typename Lanes::Float value;
  typename Lanes::Int entry;
};

/** Finds the nearest value of any ascending codebook, an array within `Codebook`. */
template <class Lanes, class Codebook>
struct GridCoder {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  static constexpr auto grid = makeGrid<gridCapacity(Codebook::codebook)>(Codebook::codebook);
  static_assert(grid.isSound, "two thresholds in one cell");

  static Nearest<Lanes> nearest(Float target) {
    const Float cell = target * grid.cellsPerUnit + grid.origin;
    const Int below = truncate<Lanes>(clamp<Lanes>(cell, 0, grid.cells - 1));
    const Int entry = below - (target >= Lanes::lookUp(grid.thresholds, below));
    return {Lanes::lookUp(grid.values, entry), entry};
  }

  static Int code(Nearest<Lanes> found) { return truncate<Lanes>(Lanes::lookUp(grid.codes, found.entry)); }
};

/** Finds the nearest value of a codebook of neighbouring whole numbers by rounding. */
template <class Lanes, class Codebook>
struct UniformCoder {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  static constexpr int count = sizeof Codebook::codebook / sizeof Codebook::codebook[0];
  static constexpr float least = Codebook::codebook[0];
  static constexpr float greatest = Codebook::codebook[count - 1];

  static Nearest<Lanes> nearest(Float target) {
    const Float within = clamp<Lanes>(target, least, greatest);
    const Float even = within + ROUND_TO_WHOLE - ROUND_TO_WHOLE;
    // Rounding took ties to the even side; a threshold counts as above itself.
    const Float value = within - even >= 0.5f ? even + 1.0f : even;
    return {value, Int{}};
  }

  static Int code(Nearest<Lanes> found) { return truncate<Lanes>(found.value - least); }
};

template <class Lanes, class Codebook, bool IsUniform>
struct NearestCoderOf {
  using Type = GridCoder<Lanes, Codebook>;
};
template <class Lanes, class Codebook>
struct NearestCoderOf<Lanes, Codebook, true> {
  using Type = UniformCoder<Lanes, Codebook>;
};
/** What finds the nearest value in the codebook of a search description. */
template <class Lanes, class Description>
using NearestCoder = typename NearestCoderOf<Lanes, Description, Description::isUniform>::Type;

}  // namespace
}  // namespace halftone
