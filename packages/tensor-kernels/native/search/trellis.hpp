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
  /** For each choice of the nearest borders, a bit for each: the cell beyond them, and what reaching it costs. */
  Int cells[1 << reach];
  Float cellCosts[1 << reach];

  TrellisTargets(const Eight<Lanes>& eight, int first) {
    const Float factor = findFactor(eight.errorWeights + first);
    for (Float& cost : nearestCosts) cost = broadcast<Float>(__builtin_inff());
    Int cell = {};
    int stride = 1;
    for (int j = 0; j < dimensions; j++) {
      const Float target = targetOf(eight.values[first + j] * eight.inverseScale);
      const Int weight = truncate<Lanes>(eight.errorWeights[first + j] * factor) + 1;
      const Float weighted = __builtin_convertvector(weight, Float) * target;
      const Int product = truncate<Lanes>(weighted * (1.0f / 32));
      weights[j / 2] |= j % 2 == 0 ? weight : weight << 16;
      products[j / 2] |= j % 2 == 0 ? product & 0xffff : product << 16;
      common += weighted * target;
      cell += stride * findBorder(j, target, __builtin_convertvector(weight, Float), stride);
      stride *= Cells::placesOf(j);
    }
    listCells(cell);
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

  void listCells(Int cell) {
    cells[0] = cell;
    cellCosts[0] = Float{};
    for (int k = 0; k < reach; k++) {
      for (int choice = 0; choice < 1 << k; choice++) {
        cells[choice + (1 << k)] = cells[choice] + nearestSteps[k];
        cellCosts[choice + (1 << k)] = cellCosts[choice] + nearestCosts[k];
      }
    }
  }

  Float nearestCosts[reach];
  Int nearestSteps[reach] = {};
};

/** Looks for the best point of one group. */
template <class Lanes, class Description>
class TrellisGroups {
  using Trellis = typename Description::Trellis;
  using Points = TrellisPoints<Description>;
  using Targets = TrellisTargets<Lanes, Trellis>;
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  using Words = typename Lanes::Words;
  using SignedWords = typename Lanes::SignedWords;
  static constexpr int dimensions = Trellis::dimensions;
  static constexpr int choices = 1 << Trellis::reach;
  static constexpr int BLOCK = Points::BLOCK;

 public:
  static void code(const Eight<Lanes>& eight, const GroupCodes& out) {
    for (int variant = 0; variant < lengthOf(Description::shifts); variant++) {
      points[variant].prepare((uint32_t)Description::shifts[variant]);
    }
    for (int first = 0; first < EIGHT; first += dimensions) {
      const Targets targets(eight, first);
      for (int lane = 0; lane < eight.count; lane++) {
        int variant = 0;
        while (Description::shifts[variant] != eight.shift[lane]) variant++;
        TrellisGroups group(points[variant], targets, lane);
        group.search();
        group.keep(eight, first, out);
      }
    }
  }

 private:
  TrellisGroups(const Points& known, const Targets& targets, int lane) : known(known), targets(targets), lane(lane) {
    for (int pair = 0; pair < dimensions / 2; pair++) {
      weightPairs[pair] = broadcast<Int>(of(targets.weights, pair));
      productPairs[pair] = broadcast<Int>(of(targets.products, pair));
    }
  }

  int32_t of(const Int* numbers, int i) const { return ((const int32_t*)numbers)[i * Lanes::width + lane]; }
  float of(const Float* numbers, int i) const { return ((const float*)numbers)[i * Lanes::width + lane]; }

  /** Find the best point: in the cell and in those beyond one border, then in those beyond more that can hold a better one. */
  void search() {
    add(of(targets.cells, 0), true);
    for (int single = 1; single < choices; single *= 2) add(of(targets.cells, single), true);
    const int nearest = count;
    scan(0, nearest);
    const float bound = (float)leastError() + targets.common[lane];
    for (int choice = 0; choice < choices; choice++) {
      if ((choice & (choice - 1)) != 0) add(of(targets.cells, choice), of(targets.cellCosts, choice) < bound);
    }
    scan(nearest, count);
  }

  /** List the blocks of a cell if they are wanted. Most cells have no more than four, written without asking how many they are. */
  void add(int cell, bool isWanted) {
    const int first = known.firsts[cell];
    const int blocks = known.firsts[cell + 1] - first;
    const uint64_t four = (uint64_t)first * 0x0001000100010001 + 0x0003000200010000;
    __builtin_memcpy(visited + count, &four, sizeof four);
    for (int block = 4; block < blocks; block++) visited[count + block] = (uint16_t)(first + block);
    count += isWanted ? blocks : 0;
  }

  /** Look at the points of listed blocks; the first of equals wins. */
  void scan(int from, int to) {
    for (int i = from; i < to; i++) {
      for (int part = 0; part < BLOCK; part += Lanes::width) {
        const Int error = errorsOf(known.numbers[visited[i]], part);
        const Int isBetter = error < least;
        least = isBetter ? error : least;
        bestOf = isBetter ? broadcast<Int>(i * BLOCK + part) : bestOf;
      }
    }
  }

  static SignedWords widen(const int8_t* bytes) {
    if constexpr (requires { Lanes::widen(bytes); }) return Lanes::widen(bytes);
    typedef int8_t Narrow __attribute__((vector_size(2 * Lanes::width)));
    Narrow narrow;
    __builtin_memcpy(&narrow, bytes, sizeof narrow);
    return __builtin_convertvector(narrow, SignedWords);
  }

  Int errorsOf(const int8_t (&numbers)[dimensions / 2][BLOCK][2], int part) const {
    typename Lanes::PairSums squares = {};
    typename Lanes::PairSums linear = {};
    for (int pair = 0; pair < dimensions / 2; pair++) {
      const SignedWords wide = widen(numbers[pair][part]);
      squares = Lanes::addPairs(squares, (Words)(wide * wide), (Words)weightPairs[pair]);
      linear = Lanes::addPairs(linear, (Words)wide, (Words)productPairs[pair]);
    }
    return Lanes::total(squares) - (Lanes::total(linear) << PRODUCT_SHIFT);
  }

  /** The least error so far, without what all points have in common. */
  int32_t leastError() const { return leastOf(least); }

  static int32_t leastOf(Int numbers) {
    if constexpr (requires { Lanes::leastOf(numbers); }) return Lanes::leastOf(numbers);
    int32_t each[Lanes::width];
    store(each, numbers);
    int32_t found = each[0];
    for (const int32_t number : each) found = number < found ? number : found;
    return found;
  }

  void keep(const Eight<Lanes>& eight, int first, const GroupCodes& out) const {
    int32_t lanes[Lanes::width];
    for (int i = 0; i < Lanes::width; i++) lanes[i] = i;
    const Int isLeast = least == leastError();
    const int best = leastOf(isLeast ? bestOf + load<Int>(lanes) : broadcast<Int>(count * BLOCK));
    const int block = visited[best / BLOCK];
    out.points[lane * EIGHT + first] = known.states[block][best % BLOCK];
    for (int j = 0; j < dimensions; j++) {
      const float number = known.numbers[block][j / 2][best % BLOCK][j % 2];
      const bool isNegative = Trellis::hasMagnitudes && eight.of(eight.values, first + j, lane) < 0;
      out.signs[lane] |= (uint8_t)(isNegative << (first + j));
      eight.choose(first + j, lane, isNegative ? -number : number);
    }
  }

  static inline Points points[lengthOf(Description::shifts)];

  const Points& known;
  const Targets& targets;
  const int lane;
  Int weightPairs[dimensions / 2];
  Int productPairs[dimensions / 2];
  /** The blocks that are looked at, one after another, and room for four that are not. Where all cells are empty, the first block counts. */
  uint16_t visited[Points::blocks + 4];
  int count = 0;
  /** Of each lane the least error, and where it was found. */
  Int least = broadcast<Int>(2147483647);
  Int bestOf = {};
};

}  // namespace
}  // namespace halftone
