// Codes for groups of weights that are points of a grid: the twin of packages/quant-formats/src/search/grid.ts.
#pragma once

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
  static constexpr int combinations = levels * levels * levels * levels *
                                      (Grid::dimensions == 8 ? levels * levels * levels * levels : 1);

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
  using Grid = typename Description::Grid;
  static constexpr int dimensions = Grid::dimensions;

  static void code(Eight& eight) {
    eight.signs = Description::hasSigns ? chooseSigns(eight) : 0;
    float targets[EIGHT];
    for (int j = 0; j < EIGHT; j++) {
      const float value = eight.signs >> j & 1 ? -eight.values[j] : eight.values[j];
      targets[j] = value * eight.inverseScale - eight.shift;
    }
    for (int first = 0; first < EIGHT; first += dimensions) codeGroup(eight, first, targets + first);
  }

 private:
  /** A point, and the weighted square error with it, in units of the scale. */
  struct Found {
    uint16_t point = 0;
    float error = __builtin_inff();
  };

  static uint8_t chooseSigns(const Eight& eight) {
    int minus = 0;
    int cheapest = 0;
    float leastEnergy = __builtin_inff();
    for (int j = 0; j < EIGHT; j++) {
      const float energy = eight.errorWeights[j] * eight.values[j] * eight.values[j];
      minus |= (eight.values[j] < 0) << j;
      if (energy < leastEnergy) {
        leastEnergy = energy;
        cheapest = j;
      }
    }
    const bool isOdd = __builtin_popcount((unsigned)minus) % 2 == 1;
    return (uint8_t)(isOdd && Description::hasEvenSigns ? minus ^ 1 << cheapest : minus);
  }

  static void codeGroup(Eight& eight, int first, const float* targets) {
    Found best;
    int bestMove = 0;
    for (int move = 0; move < lengthOf(Description::moves); move++) {
      const Found found = bestPoint(targets, eight.errorWeights + first, Description::moves[move]);
      if (found.error >= best.error) continue;
      best = found;
      bestMove = move;
    }
    eight.points[first] = best.point;
    eight.moves[first] = (uint8_t)bestMove;
    const float added = eight.shift + Description::moves[bestMove];
    for (int j = 0; j < dimensions; j++) {
      const float value = (float)coordinateOf<Grid>(best.point, j) + added;
      eight.chosen[first + j] = eight.signs >> (first + j) & 1 ? -value : value;
    }
  }

  /** The point for a group, when `move` is added to its coordinates; the first of equals. */
  static Found bestPoint(const float* targets, const float* errorWeights, float move) {
    int combination = 0;
    for (int j = dimensions - 1; j >= 0; j--) combination = combination * lengthOf(Grid::levels) + levelOf(targets[j] - move);
    const Candidates<Grid>& candidates = CandidateTable<Grid>::of(combination);
    Float errors[CANDIDATE_ROOM / Lanes::width] = {};
    for (int j = 0; j < dimensions; j++) {
      for (int k = 0; k < CANDIDATE_ROOM / Lanes::width; k++) {
        const auto coordinates = load<typename Lanes::SignedBytes>(candidates.coordinates[j] + k * Lanes::width);
        const Float off = targets[j] - (__builtin_convertvector(coordinates, Float) + move);
        errors[k] += errorWeights[j] * off * off;
      }
    }
    Found best;
    for (int k = 0; k < CANDIDATES; k++) {
      const float error = ((const float*)errors)[k];
      if (error < best.error) best = {candidates.points[k], error};
    }
    return best;
  }

  /** Which level is nearest. */
  static int levelOf(float target) {
    int level = 0;
    for (int i = 0; i + 1 < lengthOf(Grid::levels); i++) level += target >= thresholdAbove(Grid::levels, i);
    return level;
  }
};

}  // namespace
}  // namespace halftone
