// Codes of groups of weights: points of a grid or states of a trellis. What they have in common.
#pragma once

#include "code_block.hpp"

namespace halftone {
namespace {

template <class Description>
concept HasGrid = requires { typename Description::Grid; };
template <class Description>
concept HasTrellis = requires { typename Description::Trellis; };
/** Whether some weights have a code together. */
template <class Description>
concept Grouped = HasGrid<Description> || HasTrellis<Description>;

/** Weights that are coded together, as many as a byte has signs for. */
constexpr int EIGHT = 8;

/** Where the codes of the groups of a run go: those of weight i of block b at `b * blockLength + i`. */
struct GroupCodes {
  /** Per group, at the place of its first weight: the point or the state, and of points the move. */
  uint16_t* points;
  uint8_t* moves;
  /** Of eight weights a bit for each minus. */
  uint8_t* signs;

  GroupCodes from(int weight) const { return {points + weight, moves + weight, signs + weight / EIGHT}; }
};

/** Eight weights of each block, and at which scale they are to be coded. */
template <class Lanes>
struct Eight {
  const typename Lanes::Float* values;
  const typename Lanes::Float* errorWeights;
  typename Lanes::Float inverseScale;
  typename Lanes::Float shift;
  /** Lanes that hold a block. */
  int count;
  /** What the codes stand for, signs included: filled by who codes. */
  typename Lanes::Float* chosen;

  /** Number `j` of the block in a lane. */
  static float of(const typename Lanes::Float* numbers, int j, int lane) { return ((const float*)numbers)[j * Lanes::width + lane]; }
  void choose(int j, int lane, float value) const { ((float*)chosen)[j * Lanes::width + lane] = value; }
};

/** Codes of groups. `Coder` is that of a grid or of a trellis: it looks at one block after another, with candidates in the lanes. */
template <class Lanes, class Description, class Coder>
struct GroupedCodes {
  using Float = typename Lanes::Float;
  static constexpr int length = Description::blockLength;

  Float chosen[length] = {};

  /** `out`: where codes go, or a null pointer where only sums are wanted. */
  GroupedCodes(Blocks<Lanes> blocks, Float inverse, Float shift, const GroupCodes* out) {
    for (int first = 0; first < length; first += EIGHT) {
      const Eight<Lanes> eight = {blocks.values + first, blocks.errorWeights + first, inverse, shift, blocks.count, chosen + first};
      uint16_t points[Lanes::width * EIGHT];
      uint8_t moves[Lanes::width * EIGHT];
      uint8_t signs[Lanes::width] = {};
      Coder::code(eight, out == nullptr, {points, moves, signs});
      if (out == nullptr) continue;
      for (int lane = 0; lane < blocks.count; lane++) {
        const GroupCodes to = out->from(lane * length + first);
        __builtin_memcpy(to.points, points + lane * EIGHT, EIGHT * sizeof *points);
        if constexpr (HasGrid<Description>) __builtin_memcpy(to.moves, moves + lane * EIGHT, EIGHT);
        *to.signs = signs[lane];
      }
    }
  }
  Nearest<Lanes> at(int i) const { return {chosen[i], typename Lanes::Int{}}; }
};

}  // namespace
}  // namespace halftone
