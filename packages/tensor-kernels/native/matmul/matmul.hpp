// Products of packed weights with activations: how each format is multiplied, and the table of functions.
//
// Inputs of quantized weights are rounded to 16-bit integers (input.hpp), or to bytes (byte_input.hpp) if the task allows it and the
// processor multiplies bytes faster. Products are sums of integers, made floats once per group of columns.
// docs/decisions/2026-11-25-activations-of-16-bits.md tells why, and how near that is.
#pragma once

#include "../generated/registry.hpp"
#include "bytes.hpp"
#include "floats.hpp"
#include "products.hpp"

namespace halftone {
namespace {

enum InputForm : uint32_t { FLOATS, ROUNDED, BYTES };

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

/** Formats that the search describes have codes, and so have whole numbers times a scale, and those with vectors of their own. */
template <class Lanes, class Format>
concept HasCodes = Searched<Format> || HasPoints<Format> || requires { typename Format::template Vectors<Lanes>; };

template <class Lanes, class Format>
constexpr FormatProducts<Lanes> formatProducts() {
  if constexpr (HasCodes<Lanes, Format>) {
    using Vectors = typename VectorsFor<Lanes, Format>::Type;
    return {ROUNDED, Vectors::groups, HasMinima<Vectors>, {multiplyOne<Lanes, Format>, unpackBlocks<Lanes, Format>, unitShift<Vectors>}, {}};
  } else {
    return {FLOATS, 0, false, {}, {multiplyOneFloat<Lanes, Format>, readFloats<Lanes, Format>}};
  }
}

/** In the order of the registry, as `FormatKernels::index` counts. */
#define HALFTONE_FORMAT_PRODUCTS(format) formatProducts<Lanes, format>(),
template <class Lanes>
constexpr FormatProducts<Lanes> productsTable[] = {HALFTONE_EACH_FORMAT(HALFTONE_FORMAT_PRODUCTS)};
#undef HALFTONE_FORMAT_PRODUCTS

/** A few inputs take as long as reading the weights, so they need not be rounded to bytes. */
template <class Lanes>
InputForm inputFormOf(const MatmulTask& task) {
  const InputForm form = productsTable<Lanes>[task.format->index].inputForm;
  return MultipliesBytes<Lanes> && form == ROUNDED && task.inputBits == 8 && task.count > FEW_INPUTS ? BYTES : form;
}

/** What a super-block of a prepared input row takes. */
template <class Lanes>
size_t inputBlockBytes(const MatmulTask& task, InputForm form) {
  if (form == FLOATS) return 0;
  if (form == BYTES) return sizeof(ByteInput);
  return task.count <= FEW_INPUTS ? sizeof(InputBlock<Lanes>) : sizeof(PanelInput);
}

template <class Lanes>
MatmulPlan planMatmul(const MatmulTask& task) {
  const InputForm form = inputFormOf<Lanes>(task);
  const bool isFew = task.count <= FEW_INPUTS;
  constexpr size_t roundedScratch = sizeof(PanelScratch<RoundedProducts<Lanes, 16, true>>);
  static_assert(roundedScratch >= sizeof(PanelScratch<ByteProducts<Lanes, 16, true>>));
  return {.inputForm = form,
          .preparedBytes = task.count * superBlocksOf(task.columns) * inputBlockBytes<Lanes>(task, form),
          .scratchBytes = isFew ? 0 : form == FLOATS ? sizeof(PanelScratch<FloatProducts<Lanes>>) : roundedScratch,
          .inputStep = 1,
          .rowStep = isFew ? 1 : PANEL_STEP<Lanes>};
}

template <class Lanes>
void prepareInput(const MatmulTask& task, void* prepared, size_t firstInput, size_t inputCount) {
  const InputForm form = inputFormOf<Lanes>(task);
  if (form == FLOATS) return;
  for (size_t i = firstInput; i < firstInput + inputCount; i++) {
    if (form == BYTES) {
      roundRowToBytes(task.inputRow(i), task.columns, [&](size_t block) -> auto& { return byteInput(task, prepared, i, block); });
    } else if (task.count <= FEW_INPUTS) {
      InputBlock<Lanes>* row = (InputBlock<Lanes>*)prepared + i * superBlocksOf(task.columns);
      roundRow<Lanes>(task.inputRow(i), task.columns, [=](size_t block) -> auto& { return row[block]; });
    } else {
      roundRow<Vectors<4>>(task.inputRow(i), task.columns,
                           [&](size_t block) -> auto& { return panelInput(task, prepared, i, block); });
    }
  }
}

/** By the loops for rounded inputs or for bytes. */
template <class Lanes, int Groups, bool Minima>
void multiplyRounded(const MatmulTask& task, const void* prepared, size_t firstRow, size_t rowCount, void* scratch) {
  const RoundedFormat<Lanes>& format = productsTable<Lanes>[task.format->index].rounded;
  if constexpr (MultipliesBytes<Lanes>) {
    if (inputFormOf<Lanes>(task) == BYTES) {
      return multiplyMany(ByteProducts<Lanes, Groups, Minima>{task, format, prepared}, firstRow, rowCount, scratch);
    }
  }
  multiplyTask(RoundedProducts<Lanes, Groups, Minima>{task, format, prepared}, firstRow, rowCount, scratch);
}

template <class Lanes>
void multiplyRows(const MatmulTask& task, const void* prepared, size_t firstRow, size_t rowCount, void* scratch) {
  const FormatProducts<Lanes>& format = productsTable<Lanes>[task.format->index];
  if (format.inputForm == FLOATS) {
    return multiplyTask(FloatProducts<Lanes>{task, format.floats}, firstRow, rowCount, scratch);
  }
  const auto multiply = format.groups == 8 ? format.hasMinima ? multiplyRounded<Lanes, 8, true> : multiplyRounded<Lanes, 8, false>
                                           : format.hasMinima ? multiplyRounded<Lanes, 16, true> : multiplyRounded<Lanes, 16, false>;
  multiply(task, prepared, firstRow, rowCount, scratch);
}

template <class Lanes>
constexpr MatmulKernels matmulKernels() {
  return {planMatmul<Lanes>, prepareInput<Lanes>, multiplyRows<Lanes>};
}

}  // namespace
}  // namespace halftone
