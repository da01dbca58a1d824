// How panels are laid out, whatever the arithmetic.
#pragma once

#include "../simd/parts.hpp"

namespace halftone {
namespace {

/** Vectors of rows in a panel. */
constexpr int PANEL_VECTORS = 2;

template <class Lanes>
constexpr int PANEL_ROWS = PANEL_VECTORS * Lanes::width;

/** Sums for the rows of a panel, per input. */
template <class Lanes>
struct PanelSums {
  typename Lanes::Float of[PANEL_VECTORS];
};

}  // namespace
}  // namespace halftone
