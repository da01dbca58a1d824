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
template <class Lanes>
struct FormatProducts {
  InputForm inputForm;
  /** If inputs are rounded: groups of columns in a super-block, and whether they have minima. */
  int groups;
  bool hasMinima;
  RoundedFormat<Lanes> rounded;
  FloatFormat floats;
};

/** Formats that the search describes have codes, and so have those with vectors of their own. */
template <class Lanes, class Format>
concept HasCodes = Searched<Format> || requires { typename Format::template Vectors<Lanes>; };

template <class Lanes, class Format>
constexpr FormatProducts<Lanes> formatProducts() {
  if constexpr (HasCodes<Lanes, Format>) {
    using Vectors = typename VectorsFor<Lanes, Format>::Type;
    return {ROUNDED, Vectors::groups, HasMinima<Vectors>, {multiplyOne<Lanes, Format>, unpackBlocks<Lanes, Format>}, {}};
  } else {
    return {FLOATS, 0, false, {}, {multiplyOneFloat<Lanes, Format>, readFloats<Lanes, Format>}};
  }
}

/** In the order of the registry, as `FormatKernels::index` counts. */
#define HALFTONE_FORMAT_PRODUCTS(format) formatProducts<Lanes, format>(),
template <class Lanes>
constexpr FormatProducts<Lanes> productsTable[] = {HALFTONE_EACH_FORMAT(HALFTONE_FORMAT_PRODUCTS)};
#undef HALFTONE_FORMAT_PRODUCTS

template <class Lanes>
MatmulPlan planMatmul(const MatmulTask& task) {
  const InputForm form = productsTable<Lanes>[task.format->index].inputForm;
  const bool isFew = task.count <= FEW_INPUTS;
  const size_t rowBytes = superBlocksOf(task.columns) * (isFew ? sizeof(InputBlock<Lanes>) : sizeof(PanelInput));
  constexpr size_t roundedScratch = sizeof(PanelScratch<RoundedProducts<Lanes, 16, true>>);
  return {.inputForm = form,
          .preparedBytes = form == ROUNDED ? task.count * rowBytes : 0,
          .scratchBytes = isFew ? 0 : form == ROUNDED ? roundedScratch : sizeof(PanelScratch<FloatProducts<Lanes>>),
          .inputStep = 1,
          .rowStep = isFew ? 1 : PANEL_STEP<Lanes>};
}

template <class Lanes>
void prepareInput(const MatmulTask& task, void* prepared, size_t firstInput, size_t inputCount) {
  if (productsTable<Lanes>[task.format->index].inputForm != ROUNDED) return;
  for (size_t i = firstInput; i < firstInput + inputCount; i++) {
    if (task.count <= FEW_INPUTS) {
      InputBlock<Lanes>* row = (InputBlock<Lanes>*)prepared + i * superBlocksOf(task.columns);
      roundRow<Lanes>(task.inputRow(i), task.columns, [=](size_t block) -> auto& { return row[block]; });
    } else {
      roundRow<Vectors<4>>(task.inputRow(i), task.columns,
                           [&](size_t block) -> auto& { return panelInput(task, prepared, i, block); });
    }
  }
}

template <class Lanes>
void multiplyRows(const MatmulTask& task, const void* prepared, size_t firstRow, size_t rowCount, void* scratch) {
  const FormatProducts<Lanes>& format = productsTable<Lanes>[task.format->index];
  const auto multiplyRounded = [&]<int Groups, bool Minima>() {
    multiplyTask(RoundedProducts<Lanes, Groups, Minima>{task, format.rounded, prepared}, firstRow, rowCount, scratch);
  };
  if (format.inputForm == FLOATS) {
    multiplyTask(FloatProducts<Lanes>{task, format.floats}, firstRow, rowCount, scratch);
  } else if (format.groups == 8) {
    format.hasMinima ? multiplyRounded.template operator()<8, true>() : multiplyRounded.template operator()<8, false>();
  } else {
    format.hasMinima ? multiplyRounded.template operator()<16, true>() : multiplyRounded.template operator()<16, false>();
  }
}

template <class Lanes>
constexpr MatmulKernels matmulKernels() {
  return {planMatmul<Lanes>, prepareInput<Lanes>, multiplyRows<Lanes>};
}

}  // namespace
}  // namespace halftone
