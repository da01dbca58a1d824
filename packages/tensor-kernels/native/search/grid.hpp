// Codes for groups of weights that are points of a grid: the twin of packages/quant-formats/src/search/grid.ts.
#pragma once

#include "../simd/reduce.hpp"
#include "groups.hpp"
#include "once.hpp"

namespace halftone {
namespace {

/** How many of the nearest points are weighed against each other, and how many there is room for. */
constexpr int CANDIDATES = 12;
constexpr int CANDIDATE_ROOM = 16;

/** Coordinate `j` of a point. */
template <class Grid>
constexpr int8_t coordinateOf(int point, int j) {
  return (int8_t)Grid::levels[Grid::points[point] >> (Grid::bits * j) & ((1 << Grid::bits) - 1)];
}

/** The candidates of one combination of levels, their coordinates side by side; the first one again where there are fewer. */
template <class Grid>
struct Candidates {
  alignas(16) int8_t coordinates[Grid::dimensions][CANDIDATE_ROOM];
  uint16_t points[CANDIDATE_ROOM];
};

/** For each combination of levels the points near it, found when it first occurs. Threads share them. */
template <class Grid>
class CandidateTable {
 public:
  static const Candidates<Grid>& of(int combination) {
    once[combination].run([&] { list(combination, entries[combination]); });
    return entries[combination];
  }

 private:
  static constexpr int levels = lengthOf(Grid::levels);
  static constexpr int countCombinations() {
    int count = 1;
    for (int j = 0; j < Grid::dimensions; j++) count *= levels;
    return count;
  }
  static constexpr int combinations = countCombinations();

  /** The points nearest to a combination, the first of equals first; one alone if the combination is a point itself. */
  static void list(int combination, Candidates<Grid>& out) {
    int wanted[Grid::dimensions];
    for (int& value : wanted) {
      value = (int)Grid::levels[combination % levels];
      combination /= levels;
    }
    int nearest[CANDIDATES];
    int count = 0;
    for (int point = 0; point < lengthOf(Grid::points); point++) {
      int distance = 0;
      for (int j = 0; j < Grid::dimensions; j++) {
        const int off = coordinateOf<Grid>(point, j) - wanted[j];
        distance += off * off;
      }
      if (count == CANDIDATES && distance >= nearest[CANDIDATES - 1]) continue;
      if (count < CANDIDATES) count++;
      int place = count - 1;
      for (; place > 0 && distance < nearest[place - 1]; place--) {
        nearest[place] = nearest[place - 1];
        out.points[place] = out.points[place - 1];
      }
      nearest[place] = distance;
      out.points[place] = (uint16_t)point;
    }
    const int kept = nearest[0] == 0 ? 1 : count;
    for (int k = kept; k < CANDIDATE_ROOM; k++) out.points[k] = out.points[0];
    for (int j = 0; j < Grid::dimensions; j++) {
      for (int k = 0; k < CANDIDATE_ROOM; k++) out.coordinates[j][k] = coordinateOf<Grid>(out.points[k], j);
    }
  }

  static inline Once once[combinations];
  static inline Candidates<Grid> entries[combinations];
};

template <class Lanes, class Description>
struct GridGroups {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  using Grid = typename Description::Grid;
  static constexpr int dimensions = Grid::dimensions;

  static void code(const Eight<Lanes>& eight, bool, const GroupCodes& out) {
    Int minus[EIGHT] = {};
    if constexpr (Description::hasSigns) chooseSigns(eight, minus, out.signs);
    Float targets[EIGHT];
    for (int j = 0; j < EIGHT; j++) {
      targets[j] = (minus[j] ? -eight.values[j] : eight.values[j]) * eight.inverseScale - eight.shift;
    }
    for (int first = 0; first < EIGHT; first += dimensions) codeGroup(eight, first, targets + first, out);
    for (int j = 0; j < EIGHT; j++) eight.chosen[j] = minus[j] ? -eight.chosen[j] : eight.chosen[j];
  }

 private:
  /** Which candidate, and the weighted square error with it, in units of the scale. */
  struct Found {
    int candidate = 0;
    float error = __builtin_inff();
  };

  /** -1 for each minus, and for each block a bit. */
  static void chooseSigns(const Eight<Lanes>& eight, Int (&minus)[EIGHT], uint8_t* signs) {
    Float leastEnergy = broadcast<Float>(__builtin_inff());
    Int cheapest = {};
    Int isOdd = {};
    for (int j = 0; j < EIGHT; j++) {
      const Float energy = eight.errorWeights[j] * eight.values[j] * eight.values[j];
      const Int isCheaper = energy < leastEnergy;
      leastEnergy = isCheaper ? energy : leastEnergy;
      cheapest = isCheaper ? broadcast<Int>(j) : cheapest;
      minus[j] = eight.values[j] < 0.0f;
      isOdd ^= minus[j];
    }
    Int bits = {};
    for (int j = 0; j < EIGHT; j++) {
      if constexpr (Description::hasEvenSigns) minus[j] ^= isOdd & (cheapest == j);
      bits |= minus[j] & (1 << j);
    }
    for (int lane = 0; lane < Lanes::width; lane++) signs[lane] = (uint8_t)bits[lane];
  }

  /** Find the points of a group of each block. */
  static void codeGroup(const Eight<Lanes>& eight, int first, const Float* targets, const GroupCodes& out) {
    constexpr int moves = lengthOf(Description::moves);
    Int combinations[moves];
    for (int move = 0; move < moves; move++) combinations[move] = combinationOf(targets, Description::moves[move]);
    for (int lane = 0; lane < eight.count; lane++) {
      Found best;
      int bestMove = 0;
      for (int move = 0; move < moves; move++) {
        const Candidates<Grid>& candidates = CandidateTable<Grid>::of(combinations[move][lane]);
        const Found found = bestCandidate(candidates, targets, eight.errorWeights + first, lane, Description::moves[move]);
        if (found.error >= best.error) continue;
        best = found;
        bestMove = move;
      }
      const Candidates<Grid>& chosen = CandidateTable<Grid>::of(combinations[bestMove][lane]);
      // Of weights too large for any point, the first point is as good as another.
      const bool isBeyond = best.error == __builtin_inff();
      out.points[lane * EIGHT + first] = isBeyond ? 0 : chosen.points[best.candidate];
      out.moves[lane * EIGHT + first] = (uint8_t)bestMove;
      const float added = eight.shift[lane] + Description::moves[bestMove];
      for (int j = 0; j < dimensions; j++) {
        const int8_t coordinate = isBeyond ? coordinateOf<Grid>(0, j) : chosen.coordinates[j][best.candidate];
        eight.choose(first + j, lane, (float)coordinate + added);
      }
    }
  }

  /** The best candidate for a group of a block, when `move` is added to its coordinates; the first of equals. */
  static Found bestCandidate(const Candidates<Grid>& candidates, const Float* targets, const Float* errorWeights, int lane,
                             float move) {
    constexpr int vectors = (CANDIDATES + Lanes::width - 1) / Lanes::width;
    Float errors[vectors] = {};
    for (int j = 0; j < dimensions; j++) {
      const Float target = broadcast<Float>(Eight<Lanes>::of(targets, j, lane));
      const Float weight = broadcast<Float>(Eight<Lanes>::of(errorWeights, j, lane));
      for (int k = 0; k < vectors; k++) {
        const Float off = target - (loadSignedBytes<Lanes>(candidates.coordinates[j] + k * Lanes::width) + move);
        errors[k] += weight * off * off;
      }
    }
    if constexpr (requires { Lanes::placeOfLeast(errors[0]); }) {
      static_assert(vectors == 1);
      const int place = Lanes::placeOfLeast(errors[0]);
      return {place, errors[0][place]};
    } else {
      Found best;
      for (int k = 0; k < CANDIDATES; k++) {
        const float error = ((const float*)errors)[k];
        best = error < best.error ? Found{k, error} : best;
      }
      return best;
    }
  }

  /** Which levels are nearest, as the number of a combination. */
  static Int combinationOf(const Float* targets, float move) {
    Int combination = {};
    for (int j = dimensions - 1; j >= 0; j--) {
      Int level = {};
      for (int i = 0; i + 1 < lengthOf(Grid::levels); i++) level -= targets[j] - move >= thresholdAbove(Grid::levels, i);
      combination = combination * lengthOf(Grid::levels) + level;
    }
    return combination;
  }
};

}  // namespace
}  // namespace halftone
