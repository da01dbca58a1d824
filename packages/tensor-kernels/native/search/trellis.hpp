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

/** How a trellis is cut into cells: by the borders between which its numbers lie. */
template <class Trellis>
struct TrellisCells {
  static constexpr int rows = lengthOf(Trellis::borderCounts);

  /** Between how many borders number `j` lies, plus one. */
  static constexpr int placesOf(int j) { return Trellis::borderCounts[j % rows] + 1; }
  static constexpr const float* bordersOf(int j) {
    const float* borders = Trellis::borders;
    for (int row = 0; row < j % rows; row++) borders += Trellis::borderCounts[row];
    return borders;
  }
  static constexpr int countCells() {
    int cells = 1;
    for (int j = 0; j < Trellis::dimensions; j++) cells *= placesOf(j);
    return cells;
  }
  static constexpr int count = countCells();
};

/** All states, sorted by cell, in blocks of sixteen; the last one of a cell again where there are fewer. */
template <class Description>
class TrellisPoints {
  using Trellis = typename Description::Trellis;
  using Cells = TrellisCells<Trellis>;
  static constexpr int dimensions = Trellis::dimensions;

 public:
  static constexpr int BLOCK = 16;
  /** At most: all blocks are full, but for one of each cell. */
  static constexpr int blocks = Trellis::states / BLOCK + Cells::count;

  /** Of each cell its first block, and after the last cell the number of blocks. */
  uint16_t firsts[Cells::count + 1];
  /** Of each point of a block. */
  uint16_t states[blocks][BLOCK];
  /** Of each block: for every two dimensions those of all its points. */
  alignas(64) int8_t numbers[blocks][dimensions / 2][BLOCK][2];

  void prepare(uint32_t shift) {
    once.run([&] { sortStates(Trellis::firstState + shift); });
  }

 private:
  void sortStates(uint32_t firstState) {
    /** Of each cell at first how many points it has, then where its next one goes. */
    int next[Cells::count] = {};
    for (int state = 0; state < Trellis::states; state++) next[cellOf(firstState + (uint32_t)state)]++;
    firsts[0] = 0;
    for (int cell = 0; cell < Cells::count; cell++) {
      firsts[cell + 1] = (uint16_t)(firsts[cell] + (next[cell] + BLOCK - 1) / BLOCK);
      next[cell] = firsts[cell] * BLOCK;
    }
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
    for (int j = dimensions - 1; j >= 0; j--) {
      int place = 0;
      for (int i = 0; i + 1 < Cells::placesOf(j); i++) place += point[j] >= Cells::bordersOf(j)[i];
      cell = cell * Cells::placesOf(j) + place;
    }
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

/** A group of weights of each block, brought into whole numbers, and where its points are looked for. */
template <class Lanes, class Trellis>
struct TrellisTargets {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  using Cells = TrellisCells<Trellis>;
  static constexpr int dimensions = Trellis::dimensions;
  static constexpr int reach = Trellis::reach;

  /** For every two weights: error weights, and products with the targets, of 16 bits each. */
  Int weights[dimensions / 2] = {};
  Int products[dimensions / 2] = {};
  /** `sum b t t` of each group. */
  Float common = {};
  /** The cell of each group; its nearest borders, the cheapest first: what is added to cross each, and what that costs. */
  Int cells = {};
  Int nearestSteps[reach] = {};
  Float nearestCosts[reach];

  TrellisTargets(const Eight<Lanes>& eight, int first) {
    const Float factor = findFactor(eight.errorWeights + first);
    for (Float& cost : nearestCosts) cost = broadcast<Float>(__builtin_inff());
    int stride = 1;
    for (int j = 0; j < dimensions; j++) {
      const Float target = targetOf(eight.values[first + j] * eight.inverseScale);
      const Int weight = truncate<Lanes>(eight.errorWeights[first + j] * factor) + 1;
      const Float weighted = __builtin_convertvector(weight, Float) * target;
      const Int product = truncate<Lanes>(weighted * (1.0f / 32));
      weights[j / 2] |= j % 2 == 0 ? weight : weight << 16;
      products[j / 2] |= j % 2 == 0 ? product & 0xffff : product << 16;
      common += weighted * target;
      cells += stride * findBorder(j, target, __builtin_convertvector(weight, Float), stride);
      stride *= Cells::placesOf(j);
    }
  }

 private:
  /** What makes whole numbers of error weights. */
  static Float findFactor(const Float* errorWeights) {
    Float heaviest = {};
    for (int j = 0; j < dimensions; j++) heaviest = errorWeights[j] > heaviest ? errorWeights[j] : heaviest;
    Int exponent = 254 - ((Int)heaviest >> 23);
    exponent = exponent < 1 ? broadcast<Int>(1) : exponent > 253 ? broadcast<Int>(253) : exponent;
    return (Float)(exponent << 23) * WEIGHT_UNIT;
  }

  static Float targetOf(Float scaled) {
    const Float largest = broadcast<Float>(LARGEST_TARGET);
    const Float wanted = Trellis::hasMagnitudes ? magnitudeOf<Lanes>(scaled) : scaled;
    const Float below = wanted < largest ? wanted : largest;
    return below > -largest ? below : -largest;
  }

  /** List the border that is nearest to the target of weight `j`, if crossing it is cheap; returns the place of the target's cell. */
  Int findBorder(int j, Float target, Float weight, int stride) {
    const int borders = Cells::placesOf(j) - 1;
    Int place = {};
    Float below = broadcast<Float>(__builtin_inff());
    Float above = below;
    for (int i = 0; i < borders; i++) {
      const Float off = target - Cells::bordersOf(j)[i];
      const Int isAbove = off >= 0.0f;
      place -= isAbove;
      below = isAbove ? off : below;
    }
    for (int i = borders - 1; i >= 0; i--) {
      const Float off = Cells::bordersOf(j)[i] - target;
      above = off > 0.0f ? off : above;
    }
    const Int isBelow = ~(above < below);
    const Float distance = isBelow ? below : above;
    insert(weight * distance * distance, isBelow ? broadcast<Int>(-stride) : broadcast<Int>(stride));
    return place;
  }

  /** Put a border among the nearest ones, after those that cost the same. */
  void insert(Float cost, Int step) {
    Int isPushed = {};
    for (int k = 0; k < reach; k++) {
      isPushed |= cost < nearestCosts[k];
      const Float pushedCost = nearestCosts[k];
      const Int pushedStep = nearestSteps[k];
      nearestCosts[k] = isPushed ? cost : pushedCost;
      nearestSteps[k] = isPushed ? step : pushedStep;
      cost = isPushed ? pushedCost : cost;
      step = isPushed ? pushedStep : step;
    }
  }
};

/** The cells beyond each choice of the nearest borders of one group, a bit for each border, and what reaching them costs. */
template <class Lanes, class Trellis>
struct TrellisChoices {
  using Int = typename Lanes::Int;
  using Float = typename Lanes::Float;
  static constexpr int reach = Trellis::reach;
  static constexpr int count = 1 << reach;
  static constexpr int vectors = (count + Lanes::width - 1) / Lanes::width;

  Int cells[vectors];
  Float costs[vectors];

  TrellisChoices() = default;
  TrellisChoices(const TrellisTargets<Lanes, Trellis>& targets, int lane) {
    for (int v = 0; v < vectors; v++) {
      cells[v] = broadcast<Int>(targets.cells[lane]);
      costs[v] = Float{};
      for (int k = 0; k < reach; k++) {
        const Int isCrossed = ((placesOf(v) >> k & 1) == 1);
        cells[v] += isCrossed & targets.nearestSteps[k][lane];
        costs[v] = isCrossed ? costs[v] + targets.nearestCosts[k][lane] : costs[v];
      }
    }
  }

  int cell(int choice) const { return ((const int32_t*)cells)[choice]; }
  /** -1 or 0. */
  void whichBelow(float bound, int32_t (&isBelow)[vectors * Lanes::width]) const {
    for (int v = 0; v < vectors; v++) store(isBelow + v * Lanes::width, costs[v] < bound);
  }

 private:
  static Int placesOf(int v) {
    struct Places {
      alignas(64) int32_t of[vectors * Lanes::width];
    };
    static constexpr Places places = [] {
      Places made = {};
      for (int i = 0; i < vectors * Lanes::width; i++) made.of[i] = i;
      return made;
    }();
    return load<Int>(places.of + v * Lanes::width);
  }
};

/**
 * Looks for the best point of one group of each block. Steps are taken for all blocks in turn: what one step of a block waits for is found
 * while the others are looked at.
 */
template <class Lanes, class Description>
class TrellisGroups {
  using Trellis = typename Description::Trellis;
  using Points = TrellisPoints<Description>;
  using Targets = TrellisTargets<Lanes, Trellis>;
  using Choices = TrellisChoices<Lanes, Trellis>;
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  using Words = typename Lanes::Words;
  using SignedWords = typename Lanes::SignedWords;
  static constexpr int dimensions = Trellis::dimensions;
  static constexpr int BLOCK = Points::BLOCK;
  static constexpr int32_t NO_ERROR = 2147483647;
  /** The choice of the two nearest borders. */
  static constexpr int BOTH_NEAREST = 3;

 public:
  static void code(const Eight<Lanes>& eight, bool isTrial, const GroupCodes& out) {
    const bool isNear = Trellis::hasNearTrials && isTrial;
    for (int variant = 0; variant < lengthOf(Description::shifts); variant++) {
      points[variant].prepare((uint32_t)Description::shifts[variant]);
    }
    for (int first = 0; first < EIGHT; first += dimensions) {
      TrellisGroups groups(eight, first);
      groups.searchNearest(isNear);
      if (!isNear) groups.searchBeyond();
      groups.keep(eight, first, out);
    }
  }

 private:
  TrellisGroups(const Eight<Lanes>& eight, int first) : targets(eight, first), count(eight.count) {
    for (int lane = 0; lane < count; lane++) {
      int variant = 0;
      while (Description::shifts[variant] != eight.shift[lane]) variant++;
      known[lane] = &points[variant];
      choices[lane] = Choices(targets, lane);
      least[lane] = broadcast<Int>(NO_ERROR);
      places[lane] = Int{};
    }
  }

  /** Find the best points in the cells, in those beyond one border and, where nothing follows, in those beyond the two nearest. */
  void searchNearest(bool isNear) {
    for (int lane = 0; lane < count; lane++) {
      int blocks = list(lane, 0, -1, 0);
      for (int single = 1; single < Choices::count; single *= 2) blocks = list(lane, single, -1, blocks);
      if (isNear) blocks = list(lane, BOTH_NEAREST, -1, blocks);
      scan(lane, blocks);
    }
  }

  /** Find what is better in those beyond more borders that can hold it. */
  void searchBeyond() {
    float bounds[Lanes::width];
    for (int lane = 0; lane < count; lane++) bounds[lane] = (float)leastOf(least[lane]) + targets.common[lane];
    for (int lane = 0; lane < count; lane++) {
      int32_t isBelow[Choices::vectors * Lanes::width];
      choices[lane].whichBelow(bounds[lane], isBelow);
      int blocks = 0;
      for (int choice = 0; choice < Choices::count; choice++) {
        if ((choice & (choice - 1)) != 0) blocks = list(lane, choice, isBelow[choice], blocks);
      }
      scan(lane, blocks);
    }
  }

  /**
   * List the blocks of the cell of a choice behind `blocks` others, if they are wanted (-1); returns how many there are then. Most cells
   * have no more than eight, written without asking how many they are.
   */
  int list(int lane, int choice, int isWanted, int blocks) {
    const int cell = choices[lane].cell(choice);
    const int first = known[lane]->firsts[cell];
    const int more = known[lane]->firsts[cell + 1] - first;
    const uint64_t four = (uint64_t)first * 0x0001000100010001 + 0x0003000200010000;
    const uint64_t nextFour = four + 0x0004000400040004;
    __builtin_memcpy(listed + blocks, &four, sizeof four);
    __builtin_memcpy(listed + blocks + 4, &nextFour, sizeof nextFour);
    for (int block = 8; block < more; block++) listed[blocks + block] = (uint16_t)(first + block);
    return blocks + (isWanted & more);
  }

  /** Look at the points of listed blocks. Of a lane the first of equals wins. */
  void scan(int lane, int blocks) {
    Int weightPairs[dimensions / 2];
    Int productPairs[dimensions / 2];
    for (int pair = 0; pair < dimensions / 2; pair++) {
      weightPairs[pair] = broadcast<Int>(targets.weights[pair][lane]);
      productPairs[pair] = broadcast<Int>(targets.products[pair][lane]);
    }
    const Points& from = *known[lane];
    Int lessSoFar = least[lane];
    Int place = places[lane];
    for (int i = 0; i < blocks; i++) {
      const int block = listed[i];
      for (int part = 0; part < BLOCK; part += Lanes::width) {
        const Int error = errorsOf(from.numbers[block], part, weightPairs, productPairs);
        keepLess(error, block * BLOCK + part, lessSoFar, place);
      }
    }
    least[lane] = lessSoFar;
    places[lane] = place;
  }

  /** Where an error is less than the least so far, it and its place take over. */
  static void keepLess(Int error, int place, Int& least, Int& places) {
    if constexpr (requires { Lanes::keepLess(error, place, least, places); }) {
      Lanes::keepLess(error, place, least, places);
    } else {
      const Int isLess = error < least;
      least = isLess ? error : least;
      places = isLess ? broadcast<Int>(place) : places;
    }
  }

  static SignedWords widen(const int8_t* bytes) {
    if constexpr (requires { Lanes::widen(bytes); }) return Lanes::widen(bytes);
    typedef int8_t Narrow __attribute__((vector_size(2 * Lanes::width)));
    Narrow narrow;
    __builtin_memcpy(&narrow, bytes, sizeof narrow);
    return __builtin_convertvector(narrow, SignedWords);
  }

  static Int errorsOf(const int8_t (&numbers)[dimensions / 2][BLOCK][2], int part, const Int (&weightPairs)[dimensions / 2],
                      const Int (&productPairs)[dimensions / 2]) {
    typename Lanes::PairSums squares = {};
    typename Lanes::PairSums linear = {};
    for (int pair = 0; pair < dimensions / 2; pair++) {
      const SignedWords wide = widen(numbers[pair][part]);
      squares = Lanes::addPairs(squares, (Words)(wide * wide), (Words)weightPairs[pair]);
      linear = Lanes::addPairs(linear, (Words)wide, (Words)productPairs[pair]);
    }
    return Lanes::total(squares) - (Lanes::total(linear) << PRODUCT_SHIFT);
  }

  static int32_t leastOf(Int numbers) {
    if constexpr (requires { Lanes::leastOf(numbers); }) return Lanes::leastOf(numbers);
    int32_t each[Lanes::width];
    store(each, numbers);
    int32_t found = each[0];
    for (const int32_t number : each) found = number < found ? number : found;
    return found;
  }

  /** Where the best point of a block is: the first one that was looked at, of those with the least error. */
  int placeOfBest(int lane) const {
    const Int isLeast = least[lane] == leastOf(least[lane]);
    if constexpr (requires { Lanes::onlyLane(isLeast); }) {
      const int only = Lanes::onlyLane(isLeast);
      if (only >= 0) return ((const int32_t*)&places[lane])[only] + only;
    }
    return firstOf(lane, isLeast);
  }

  int firstOf(int lane, Int isLeast) const {
    const auto isMultiple = [](int choice) { return (choice & (choice - 1)) != 0; };
    for (int turn = 0; turn < 2; turn++) {
      for (int choice = 0; choice < Choices::count; choice++) {
        if (isMultiple(choice) != (turn == 1)) continue;
        const int cell = choices[lane].cell(choice);
        const int end = known[lane]->firsts[cell + 1] * BLOCK;
        int found = end;
        for (int i = 0; i < Lanes::width; i++) {
          const int place = places[lane][i] + i;
          if (isLeast[i] != 0 && place >= known[lane]->firsts[cell] * BLOCK && place < found) found = place;
        }
        if (found < end) return found;
      }
    }
    // Where all cells are empty, the first point of all.
    return 0;
  }

  void keep(const Eight<Lanes>& eight, int first, const GroupCodes& out) const {
    int best[Lanes::width];
    for (int lane = 0; lane < count; lane++) best[lane] = placeOfBest(lane);
    for (int lane = 0; lane < count; lane++) {
      const int block = best[lane] / BLOCK;
      const int within = best[lane] % BLOCK;
      out.points[lane * EIGHT + first] = known[lane]->states[block][within];
      for (int j = 0; j < dimensions; j++) {
        const float number = known[lane]->numbers[block][j / 2][within][j % 2];
        const bool isNegative = Trellis::hasMagnitudes && eight.of(eight.values, first + j, lane) < 0;
        out.signs[lane] |= (uint8_t)(isNegative << (first + j));
        eight.choose(first + j, lane, isNegative ? -number : number);
      }
    }
  }

  static inline Points points[lengthOf(Description::shifts)];

  const Targets targets;
  /** Lanes that hold a block, and of each of these the points and the cells that are looked at. */
  const int count;
  const Points* known[Lanes::width];
  Choices choices[Lanes::width];
  /** Of each of these for each point of a block the least error, and the place of the block that has it. */
  Int least[Lanes::width];
  Int places[Lanes::width];
  /** The blocks that are looked at, one after another, and room for eight that are not. */
  uint16_t listed[Points::blocks + 8];
};

}  // namespace
}  // namespace halftone
