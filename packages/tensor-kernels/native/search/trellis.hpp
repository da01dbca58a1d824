// Codes for groups of weights that follow from states of a generator: the twin of packages/quant-formats/src/search/trellis.ts.
#pragma once

#include "../packing/trellis.hpp"
#include "groups.hpp"
#include "load.hpp"
#include "once.hpp"

namespace halftone {
namespace {

constexpr float LARGEST_TARGET = 160;
constexpr float WEIGHT_UNIT = 2048;
/** `64 a` of the twin, where a takes 16 bits. */
constexpr int PRODUCT_SHIFT = 6;

/** How a trellis is cut into cells: by the nearest value of the codebook. */
template <class Description>
struct TrellisCells {
  using Trellis = typename Description::Trellis;
  static constexpr int levels = lengthOf(Description::codebook);
  static constexpr int count = Trellis::dimensions == 8 ? levels * levels * levels * levels * levels * levels * levels * levels
                                                        : levels * levels * levels * levels;
  static_assert(count == 256, "a cell has a number of 8 bits");

  static int placeOf(float number) {
    int place = 0;
    for (int i = 0; i + 1 < levels; i++) place += number >= thresholdAbove(Description::codebook, i);
    return place;
  }
};

/** All states, sorted by cell, in blocks of sixteen; the last one of a cell again where there are fewer. */
template <class Description>
class TrellisPoints {
  using Trellis = typename Description::Trellis;
  using Cells = TrellisCells<Description>;
  static constexpr int dimensions = Trellis::dimensions;

 public:
  static constexpr int BLOCK = 16;

  /** Of each cell its first block, and after the last cell the number of blocks. */
  uint16_t firsts[Cells::count + 1];
  /** Of each point of a block. */
  uint16_t states[Trellis::states / BLOCK + Cells::count][BLOCK];
  /** Of each block: for every two dimensions those of all its points. */
  alignas(64) int8_t numbers[Trellis::states / BLOCK + Cells::count][dimensions / 2][BLOCK][2];

  void prepare(uint32_t shift) {
    once.run([&] { sortStates(Trellis::firstState + shift); });
  }

 private:
  void sortStates(uint32_t firstState) {
    int counts[Cells::count] = {};
    for (int state = 0; state < Trellis::states; state++) counts[cellOf(firstState + (uint32_t)state)]++;
    firsts[0] = 0;
    for (int cell = 0; cell < Cells::count; cell++) {
      firsts[cell + 1] = (uint16_t)(firsts[cell] + (counts[cell] + BLOCK - 1) / BLOCK);
    }
    int next[Cells::count];
    for (int cell = 0; cell < Cells::count; cell++) next[cell] = firsts[cell] * BLOCK;
    for (int state = 0; state < Trellis::states; state++) {
      place(next[cellOf(firstState + (uint32_t)state)]++, firstState, state);
    }
    for (int cell = 0; cell < Cells::count; cell++) {
      const int last = next[cell] - 1;
      for (int rest = next[cell]; rest < firsts[cell + 1] * BLOCK; rest++) {
        place(rest, firstState, states[last / BLOCK][last % BLOCK]);
      }
    }
  }

  static void generatePoint(uint32_t state, int8_t* point) {
    generate<dimensions>(state, point);
    if constexpr (Trellis::hasMagnitudes) {
      for (int j = 0; j < dimensions; j++) point[j] = (int8_t)(point[j] < 0 ? -point[j] : point[j]);
    }
  }

  static int cellOf(uint32_t state) {
    int8_t point[dimensions];
    generatePoint(state, point);
    int cell = 0;
    for (int j = dimensions - 1; j >= 0; j--) cell = cell * Cells::levels + Cells::placeOf(point[j]);
    return cell;
  }

  void place(int at, uint32_t firstState, int state) {
    int8_t point[dimensions];
    generatePoint(firstState + (uint32_t)state, point);
    states[at / BLOCK][at % BLOCK] = (uint16_t)state;
    for (int j = 0; j < dimensions; j++) numbers[at / BLOCK][j / 2][at % BLOCK][j % 2] = point[j];
  }

  Once once;
};

template <class Lanes, class Description>
class TrellisGroups {
  using Trellis = typename Description::Trellis;
  using Cells = TrellisCells<Description>;
  using Points = TrellisPoints<Description>;
  using Int = typename Lanes::Int;
  using Words = typename Lanes::Words;
  static constexpr int dimensions = Trellis::dimensions;
  static constexpr int reach = Trellis::reach;
  static constexpr int BLOCK = Points::BLOCK;

 public:
  static void code(const Eight<Lanes>& eight, const GroupCodes& out) {
    for (int lane = 0; lane < eight.count; lane++) {
      int variant = 0;
      while (Description::shifts[variant] != eight.shift[lane]) variant++;
      Points& known = points[variant];
      known.prepare((uint32_t)eight.shift[lane]);
      for (int first = 0; first < EIGHT; first += dimensions) {
        TrellisGroups group(eight, lane, first);
        group.search(known);
        group.keep(known, eight, lane, first, out);
      }
    }
  }

 private:
  /** Bring a group into whole numbers, and list its nearest borders. */
  TrellisGroups(const Eight<Lanes>& eight, int lane, int first) {
    float heaviest = 0;
    for (int j = 0; j < dimensions; j++) {
      const float weight = eight.of(eight.errorWeights, first + j, lane);
      heaviest = weight > heaviest ? weight : heaviest;
    }
    const float factor = normalizer(heaviest) * WEIGHT_UNIT;
    for (int k = 0; k < reach; k++) nearestCosts[k] = __builtin_inff();
    int stride = 1;
    for (int j = 0; j < dimensions; j++) {
      const float scaled = eight.of(eight.values, first + j, lane) * eight.inverseScale[lane];
      const float wanted = Trellis::hasMagnitudes ? magnitudeOf(scaled) : scaled;
      const float below = wanted < LARGEST_TARGET ? wanted : LARGEST_TARGET;
      const float target = below > -LARGEST_TARGET ? below : -LARGEST_TARGET;
      const int weight = (int)(eight.of(eight.errorWeights, first + j, lane) * factor) + 1;
      const float weighted = (float)weight * target;
      weights[j] = (int16_t)weight;
      products[j] = (int16_t)(weighted * (1.0f / 32));
      common += weighted * target;
      cell += stride * findBorder(target, (float)weight, stride);
      stride *= Cells::levels;
    }
  }

  /** List the border that is nearest to a target, if crossing it is cheap; returns the place of the target's cell. */
  int findBorder(float target, float weight, int stride) {
    const int place = Cells::placeOf(target);
    const float below = place > 0 ? target - thresholdAbove(Description::codebook, place - 1) : __builtin_inff();
    const float above = place + 1 < Cells::levels ? thresholdAbove(Description::codebook, place) - target : __builtin_inff();
    const float distance = below < above ? below : above;
    const float cost = weight * distance * distance;
    if (!(cost < nearestCosts[reach - 1])) return place;
    int k = reach - 1;
    for (; k > 0 && cost < nearestCosts[k - 1]; k--) {
      nearestCosts[k] = nearestCosts[k - 1];
      nearestSteps[k] = nearestSteps[k - 1];
    }
    nearestCosts[k] = cost;
    nearestSteps[k] = above < below ? stride : -stride;
    return place;
  }

  /** Find the best point in the cell and in those beyond the nearest borders, one or some of them crossed. */
  void search(const Points& known) {
    for (int crossed = 0; crossed < 1 << reach; crossed++) {
      float cost = 0;
      int other = cell;
      for (int k = 0; k < reach; k++) {
        if ((crossed >> k & 1) == 0) continue;
        cost += nearestCosts[k];
        other += nearestSteps[k];
      }
      if (cost < (float)leastError + common) scan(known, other);
    }
  }

  /** Look at the points of a cell; the first of equals wins. */
  void scan(const Points& known, int other) {
    Int weightPairs[dimensions / 2];
    Int productPairs[dimensions / 2];
    for (int pair = 0; pair < dimensions / 2; pair++) {
      weightPairs[pair] = broadcast<Int>(read<int32_t>((const uint8_t*)(weights + 2 * pair)));
      productPairs[pair] = broadcast<Int>(read<int32_t>((const uint8_t*)(products + 2 * pair)));
    }
    Int least = broadcast<Int>(leastError);
    Int bestOf = broadcast<Int>(-1);
    for (int block = known.firsts[other]; block < known.firsts[other + 1]; block++) {
      for (int part = 0; part < BLOCK; part += Lanes::width) {
        const Int error = errorsOf(known.numbers[block], part, weightPairs, productPairs);
        const Int isBetter = error < least;
        least = isBetter ? error : least;
        bestOf = isBetter ? broadcast<Int>(block * BLOCK + part) : bestOf;
      }
    }
    takeBest(least, bestOf);
  }

  static Int errorsOf(const int8_t (&numbers)[dimensions / 2][BLOCK][2], int part, const Int (&weightPairs)[dimensions / 2],
                      const Int (&productPairs)[dimensions / 2]) {
    typedef int8_t Narrow __attribute__((vector_size(2 * Lanes::width)));
    typedef int16_t Wide __attribute__((vector_size(4 * Lanes::width)));
    typename Lanes::PairSums squares = {};
    typename Lanes::PairSums linear = {};
    for (int pair = 0; pair < dimensions / 2; pair++) {
      const Wide wide = __builtin_convertvector(load<Narrow>(numbers[pair][part]), Wide);
      squares = Lanes::addPairs(squares, (Words)(wide * wide), (Words)weightPairs[pair]);
      linear = Lanes::addPairs(linear, (Words)wide, (Words)productPairs[pair]);
    }
    return Lanes::total(squares) - (Lanes::total(linear) << PRODUCT_SHIFT);
  }

  void takeBest(Int least, Int bestOf) {
    int32_t errors[Lanes::width];
    int32_t places[Lanes::width];
    store(errors, least);
    store(places, bestOf);
    int found = -1;
    for (int lane = 0; lane < Lanes::width; lane++) {
      if (places[lane] < 0 || errors[lane] > leastError) continue;
      if (errors[lane] == leastError && (found < 0 || places[lane] + lane > found)) continue;
      leastError = errors[lane];
      found = places[lane] + lane;
    }
    if (found >= 0) best = found;
  }

  void keep(const Points& known, const Eight<Lanes>& eight, int lane, int first, const GroupCodes& out) const {
    out.points[lane * EIGHT + first] = known.states[best / BLOCK][best % BLOCK];
    for (int j = 0; j < dimensions; j++) {
      const float number = known.numbers[best / BLOCK][j / 2][best % BLOCK][j % 2];
      const bool isNegative = Trellis::hasMagnitudes && eight.of(eight.values, first + j, lane) < 0;
      out.signs[lane] |= (uint8_t)(isNegative << (first + j));
      eight.choose(first + j, lane, isNegative ? -number : number);
    }
  }

  static inline Points points[lengthOf(Description::shifts)];

  int16_t weights[dimensions];
  int16_t products[dimensions];
  float nearestCosts[reach];
  int nearestSteps[reach] = {};
  int cell = 0;
  /** `sum b t t` of the group. */
  float common = 0;
  /** The least error so far, without that, and the place of the point that has it. */
  int32_t leastError = 2147483647;
  int best = 0;
};

}  // namespace
}  // namespace halftone
