// The loops around products, for rounded and for float inputs alike. `Products` knows a task, and how a row or a panel is multiplied.
//
// A few inputs: row after row. Many: a panel of rows is unpacked once, a block of columns at a time, with the rows side by side in the
// lanes; then a tile of sums, (rows of a panel) x (some inputs), stays in registers while it runs over the columns. The order of the
// loops follows Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): panels stay in the nearest cache
// while all inputs pass by.
#pragma once

#include "panel.hpp"
#include "task.hpp"

namespace halftone {
namespace {

/** Up to this many inputs are multiplied row by row; more by panels. */
constexpr size_t FEW_INPUTS = 6;

/** Panels that are unpacked together, so that inputs are read from afar a quarter as often. They fit the second cache. */
constexpr size_t PANELS = 4;

/** Inputs between two unpackings of a panel. What their sums take is small against the second cache. */
constexpr size_t MOST_INPUTS = 512;

/** Columns of a panel. */
constexpr size_t PANEL_COLUMNS = 256;

/** Rows of weights that are unpacked together. */
template <class Lanes>
constexpr size_t PANEL_STEP = PANELS * PANEL_ROWS<Lanes>;

/** What the products of panels work in. */
template <class Products>
struct PanelScratch {
  using Lanes = typename Products::Lanes;
  typename Products::Panel panels[PANELS];
  PanelSums<Lanes> sums[PANELS][MOST_INPUTS];
};

/** Rows and inputs that are multiplied by one step of panels. */
struct Stretch {
  size_t firstRow;
  size_t endRow;
  size_t firstInput;
  size_t inputCount;
};

template <class Products, int Inputs>
void multiplyRowByRow(const Products& products, size_t firstRow, size_t rowCount) {
  const MatmulTask& task = products.task;
  const typename Products::Input* inputs[Inputs];
  for (int i = 0; i < Inputs; i++) inputs[i] = products.inputRow((size_t)i);
  for (size_t row = firstRow; row < firstRow + rowCount; row++) {
    float sums[Inputs];
    products.template multiplyRow<Inputs>(row, inputs, sums);
    const float bias = task.bias == nullptr ? 0 : task.bias[row];
    for (int i = 0; i < Inputs; i++) task.outRow((size_t)i)[row] = sums[i] + bias;
  }
}

/** For `task.count` inputs, at most `Inputs`. */
template <class Products, int Inputs = FEW_INPUTS>
void multiplyFew(const Products& products, size_t firstRow, size_t rowCount) {
  if constexpr (Inputs > 1) {
    if (products.task.count < Inputs) return multiplyFew<Products, Inputs - 1>(products, firstRow, rowCount);
  }
  multiplyRowByRow<Products, Inputs>(products, firstRow, rowCount);
}

/** Unpack a block of the rows of a stretch; in the place of a row beyond them, the last one. */
template <class Products>
void unpackPanels(const Products& products, const Stretch& stretch, size_t block, typename Products::Panel (&panels)[PANELS]) {
  constexpr size_t panelRows = PANEL_ROWS<typename Products::Lanes>;
  const size_t count = stretch.endRow - stretch.firstRow;
  for (size_t row = 0; row < count; row += 4) {
    size_t rows[4];
    for (size_t i = 0; i < 4; i++) rows[i] = stretch.firstRow + (row + i < count ? row + i : count - 1);
    products.unpackRows(rows, block, panels[row / panelRows], (int)(row % panelRows));
  }
  for (size_t row = 0; row < count; row += panelRows) products.completePanel(panels[row / panelRows]);
}

/** A panel with `count` inputs, at most `Inputs`. */
template <class Products, int Inputs>
void multiplyTile(const typename Products::Panel& panel, size_t columns, const typename Products::PanelInput* const* inputs,
                  size_t count, PanelSums<typename Products::Lanes>* sums) {
  if constexpr (Inputs > 1) {
    if (count < Inputs) return multiplyTile<Products, Inputs - 1>(panel, columns, inputs, count, sums);
  }
  const typename Products::PanelInput* these[Inputs];
  for (int i = 0; i < Inputs; i++) these[i] = inputs[i];
  Products::template multiplyPanel<Inputs>(panel, columns, these, sums);
}

/** Ask the caches for what the tile of inputs that begins at `first` needs: with each panel, a part of it. */
template <class Products>
void prefetchTile(const Products& products, const Stretch& stretch, size_t first, size_t block, size_t panel) {
  constexpr size_t lineBytes = 64;
  for (size_t i = first; i < first + Products::Lanes::tileInputs && i < stretch.inputCount; i++) {
    const auto* bytes = (const uint8_t*)products.panelInput(stretch.firstInput + i, block);
    for (size_t at = panel * lineBytes; at < Products::inputBlockBytes; at += PANELS * lineBytes) __builtin_prefetch(bytes + at);
  }
}

/** A block of columns of the panels with all inputs of a stretch. */
template <class Products>
void multiplyBlock(const Products& products, const Stretch& stretch, size_t block, PanelScratch<Products>& scratch) {
  using Lanes = typename Products::Lanes;
  constexpr size_t tile = Lanes::tileInputs;
  const size_t columns = products.task.columns - block * PANEL_COLUMNS;
  const size_t blockColumns = columns < PANEL_COLUMNS ? columns : PANEL_COLUMNS;
  for (size_t first = 0; first < stretch.inputCount; first += tile) {
    const size_t left = stretch.inputCount - first;
    const size_t count = left < tile ? left : tile;
    const typename Products::PanelInput* inputs[tile];
    for (size_t i = 0; i < count; i++) {
      inputs[i] = products.panelInput(stretch.firstInput + first + i, block);
    }
    for (size_t panel = 0; panel * PANEL_ROWS<Lanes> < stretch.endRow - stretch.firstRow; panel++) {
      prefetchTile<Products>(products, stretch, first + tile, block, panel);
      PanelSums<Lanes>* const sums = &scratch.sums[panel][first];
      for (size_t i = 0; i < count && block == 0; i++) sums[i] = {};
      multiplyTile<Products, tile>(scratch.panels[panel], blockColumns, inputs, count, sums);
    }
  }
}

/** `out` = `sums` + `bias`, unless that is a null pointer; `length` is a multiple of `Together`. */
template <size_t Together>
inline void addBias(const float* sums, const float* bias, size_t length, float* out) {
  for (size_t i = 0; i < length; i += Together) {
    for (size_t k = i; k < i + Together; k++) out[k] = bias == nullptr ? sums[k] : sums[k] + bias[k];
  }
}

template <class Products>
void writeSums(const MatmulTask& task, const Stretch& stretch, const PanelScratch<Products>& scratch) {
  constexpr size_t panelRows = PANEL_ROWS<typename Products::Lanes>;
  for (size_t i = 0; i < stretch.inputCount; i++) {
    float* out = task.outRow(stretch.firstInput + i);
    for (size_t first = stretch.firstRow; first < stretch.endRow; first += panelRows) {
      const float* sums = (const float*)scratch.sums[(first - stretch.firstRow) / panelRows][i].of;
      const size_t left = stretch.endRow - first;
      const float* bias = task.bias == nullptr ? nullptr : task.bias + first;
      if (left >= panelRows) {
        addBias<panelRows>(sums, bias, panelRows, out + first);
      } else {
        addBias<1>(sums, bias, left, out + first);
      }
    }
  }
}

template <class Products>
void multiplyPanels(const Products& products, const Stretch& stretch, PanelScratch<Products>& scratch) {
  for (size_t block = 0; block * PANEL_COLUMNS < products.task.columns; block++) {
    unpackPanels<Products>(products, stretch, block, scratch.panels);
    multiplyBlock<Products>(products, stretch, block, scratch);
  }
  writeSums<Products>(products.task, stretch, scratch);
}

/** Rows `firstRow` to `firstRow + rowCount` with more than a few inputs. */
template <class Products>
void multiplyMany(const Products& products, size_t firstRow, size_t rowCount, void* scratch) {
  constexpr size_t rowStep = PANEL_STEP<typename Products::Lanes>;
  const size_t inputs = products.task.count;
  const size_t endRow = firstRow + rowCount;
  for (size_t row = firstRow; row < endRow; row += rowStep) {
    const size_t end = endRow - row < rowStep ? endRow : row + rowStep;
    for (size_t first = 0; first < inputs; first += MOST_INPUTS) {
      const size_t count = inputs - first < MOST_INPUTS ? inputs - first : MOST_INPUTS;
      multiplyPanels<Products>(products, {row, end, first, count}, *(PanelScratch<Products>*)scratch);
    }
  }
}

/** Rows `firstRow` to `firstRow + rowCount` with all inputs of a task. */
template <class Products>
void multiplyTask(const Products& products, size_t firstRow, size_t rowCount, void* scratch) {
  if (products.task.count <= FEW_INPUTS) return multiplyFew<Products>(products, firstRow, rowCount);
  multiplyMany<Products>(products, firstRow, rowCount, scratch);
}

}  // namespace
}  // namespace halftone
