// Products of packed weights with activations: how each format is multiplied, and the table of functions.
//
// Inputs of quantized weights are rounded to 16-bit integers (input.hpp), and products are sums of integers, made floats once per
// group of columns. docs/decisions/2026-11-25-activations-of-16-bits.md tells why, and how near that is.
#pragma once

#include "../generated/registry.hpp"
#include "floats.hpp"
#include "products.hpp"
#include "rounded.hpp"

namespace halftone {
namespace {

enum InputForm : uint32_t { FLOATS, ROUNDED };

/** How one format is multiplied. */
struct FormatProducts {
  InputForm inputForm;
  size_t scratchBytes;
  void (*multiply)(const MatmulTask& task, const void* prepared, size_t firstRow, size_t rowCount, void* scratch);
};

/** Formats that the search describes have codes, and so have those with vectors of their own. */
template <class Lanes, class Format>
concept HasCodes = Searched<Format> || requires { typename Format::template Vectors<Lanes>; };

template <class Lanes, class Format>
constexpr FormatProducts formatProducts() {
  if constexpr (HasCodes<Lanes, Format>) {
    using Products = RoundedProducts<Lanes, Format>;
    return {ROUNDED, sizeof(PanelScratch<Products>), multiplyTask<Products>};
  } else {
    using Products = FloatProducts<Lanes, Format>;
    return {FLOATS, sizeof(PanelScratch<Products>), multiplyTask<Products>};
  }
}

/** In the order of the registry, as `FormatKernels::index` counts. */
#define HALFTONE_FORMAT_PRODUCTS(format) formatProducts<Lanes, format>(),
template <class Lanes>
constexpr FormatProducts productsTable[] = {HALFTONE_EACH_FORMAT(HALFTONE_FORMAT_PRODUCTS)};
#undef HALFTONE_FORMAT_PRODUCTS

template <class Lanes>
MatmulPlan planMatmul(const MatmulTask& task) {
  const FormatProducts& products = productsTable<Lanes>[task.format->index];
  const bool isFew = task.count <= FEW_INPUTS;
  const size_t rowBytes = superBlocksOf(task.columns) * sizeof(InputBlock<Lanes>);
  return {.inputForm = products.inputForm,
          .preparedBytes = products.inputForm == ROUNDED ? task.count * rowBytes : 0,
          .scratchBytes = isFew ? 0 : products.scratchBytes,
          .inputStep = 1,
          .rowStep = isFew ? 1 : PANEL_STEP<Lanes>};
}

template <class Lanes>
void prepareInput(const MatmulTask& task, void* prepared, size_t firstInput, size_t inputCount) {
  if (productsTable<Lanes>[task.format->index].inputForm != ROUNDED) return;
  for (size_t i = firstInput; i < firstInput + inputCount; i++) {
    roundRow<Lanes>(task.inputRow(i), task.columns, (InputBlock<Lanes>*)prepared + i * superBlocksOf(task.columns));
  }
}

template <class Lanes>
void multiplyRows(const MatmulTask& task, const void* prepared, size_t firstRow, size_t rowCount, void* scratch) {
  productsTable<Lanes>[task.format->index].multiply(task, prepared, firstRow, rowCount, scratch);
}

template <class Lanes>
constexpr MatmulKernels matmulKernels() {
  return {planMatmul<Lanes>, prepareInput<Lanes>, multiplyRows<Lanes>};
}

}  // namespace
}  // namespace halftone
