// Points of grids, with their signs, among unpacked weights.
#pragma once

#include "../search/grid.hpp"

namespace halftone {
namespace {

/** All points of a grid, one after another. */
template <class Grid>
struct GridPoints {
  int8_t of[lengthOf(Grid::points)][Grid::dimensions];
};

template <class Grid>
constexpr GridPoints<Grid> expandGrid() {
  GridPoints<Grid> points = {};
  for (int point = 0; point < lengthOf(Grid::points); point++) {
    for (int j = 0; j < Grid::dimensions; j++) points.of[point][j] = coordinateOf<Grid>(point, j);
  }
  return points;
}

/** Write a point, with a bit of `signs` set where minus is meant. */
template <class Grid>
inline void placePoint(int index, int signs, int8_t* out) {
  static constexpr GridPoints<Grid> points = expandGrid<Grid>();
  for (int j = 0; j < Grid::dimensions; j++) {
    const int8_t value = points.of[index][j];
    out[j] = (int8_t)(signs >> j & 1 ? -value : value);
  }
}

/** Write a point of which every coordinate is an eighth more, or less; in eighths. */
template <class Grid>
inline void placeMoved(int index, bool isLess, int8_t* out) {
  placePoint<Grid>(index, 0, out);
  for (int j = 0; j < Grid::dimensions; j++) out[j] = (int8_t)(8 * out[j] + (isLess ? -1 : 1));
}

/** Seven signs and the eighth that makes their number even. */
inline int evenSigns(uint32_t seven) { return (int)(seven | (uint32_t)(__builtin_popcount(seven) & 1) << 7); }

}  // namespace
}  // namespace halftone
