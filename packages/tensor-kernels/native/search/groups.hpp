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

/** Eight weights of one block, and what coding them needs and gives. */
struct Eight {
  float values[EIGHT];
  float errorWeights[EIGHT];
  float inverseScale;
  float shift;
  /** What the codes stand for, signs included. */
  float chosen[EIGHT];
  /** Per group, at the place of its first weight: the point or the state, and the move. */
  uint16_t points[EIGHT];
  uint8_t moves[EIGHT];
  /** A bit for each minus. */
  uint8_t signs;
};

/** Where the codes of the groups of a run go: those of weight i of block b at `b * blockLength + i`. */
struct GroupCodes {
  uint16_t* points;
  uint8_t* moves;
  uint8_t* signs;
};

/** Codes eights, one block after another: the vectors are those of the candidates. `Coder` is that of a grid or of a trellis. */
template <class Lanes, class Description, class Coder>
struct GroupedCodes {
  using Float = typename Lanes::Float;
  static constexpr int length = Description::blockLength;

  Float chosen[length] = {};

  /** `out`: where codes go, or a null pointer where only sums are wanted. */
  GroupedCodes(Blocks<Lanes> blocks, Float inverse, Float shift, const GroupCodes* out) {
    const float* values = (const float*)blocks.values;
    const float* errorWeights = (const float*)blocks.errorWeights;
    for (int lane = 0; lane < blocks.count; lane++) {
      for (int first = 0; first < length; first += EIGHT) {
        Eight eight;
        eight.inverseScale = inverse[lane];
        eight.shift = shift[lane];
        for (int j = 0; j < EIGHT; j++) {
          eight.values[j] = values[(first + j) * Lanes::width + lane];
          eight.errorWeights[j] = errorWeights[(first + j) * Lanes::width + lane];
        }
        Coder::code(eight);
        for (int j = 0; j < EIGHT; j++) ((float*)chosen)[(first + j) * Lanes::width + lane] = eight.chosen[j];
        if (out != nullptr) keep(eight, lane * length + first, *out);
      }
    }
  }
  Nearest<Lanes> at(int i) const { return {chosen[i], typename Lanes::Int{}}; }

 private:
  static void keep(const Eight& eight, int place, const GroupCodes& out) {
    __builtin_memcpy(out.points + place, eight.points, sizeof eight.points);
    __builtin_memcpy(out.moves + place, eight.moves, sizeof eight.moves);
    out.signs[place / EIGHT] = eight.signs;
  }
};

}  // namespace
}  // namespace halftone
