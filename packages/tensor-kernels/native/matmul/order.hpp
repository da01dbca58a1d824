// The order in which 256 columns stand, so that codes of four bits come out of their bytes by shifts and masks alone.
//
// The unit is a run of 32 columns, of which a vector holds one in each part of 128 bits. Four vectors make a step: the even columns
// of the first half of each run, the odd ones, then the even and the odd ones of the second half. Nibbles are stored so that columns
// c and c + 16 (or c + 32) share a byte; in words of 16 bits, one mask gives eight even columns and one shift the odd ones. Every
// product takes inputs in this order, the panels of weights too, so that the order itself costs nothing.
#pragma once

#include "../simd/lanes.hpp"

namespace halftone {
namespace {

/** What is unpacked and multiplied together, whatever the block length of a format. */
constexpr int SUPER_BLOCK = 256;
constexpr int RUN = 32;
constexpr int RUNS = SUPER_BLOCK / RUN;

template <class Lanes>
constexpr int STEPS = RUNS / Lanes::parts;

/** Where column `column` of a super-block stands, in words. */
template <class Lanes>
constexpr int placeOfColumn(int column) {
  const int run = column / RUN;
  const int vector = run / Lanes::parts * 4 + column % RUN / 16 * 2 + column % 2;
  return (vector * Lanes::parts + run % Lanes::parts) * 8 + column % 16 / 2;
}

/**
 * Numbers per group of columns, `Groups` (8 or 16) of them in a super-block: those of one step are neighbours in the part of their
 * run, four in each part of a vector. With fewer than four per part, the rest is zero.
 */
template <class Lanes, int Groups>
struct Grouping {
  static constexpr int perRun = Groups / RUNS;
  static constexpr int perPart = perRun * STEPS<Lanes>;
  static constexpr int vectors = (perPart + 3) / 4;
  static constexpr int floats = vectors * Lanes::width;

  static constexpr int placeOf(int group) {
    const int run = group / perRun;
    const int item = run / Lanes::parts * perRun + group % perRun;
    return item / 4 * Lanes::width + run % Lanes::parts * 4 + item % 4;
  }
  /** The group that stands at a place, or -1. */
  static constexpr int groupAt(int place) {
    const int item = place / Lanes::width * 4 + place % 4;
    const int run = item / perRun * Lanes::parts + place % Lanes::width / 4;
    return item < perPart ? run * perRun + item % perRun : -1;
  }
};

}  // namespace
}  // namespace halftone
