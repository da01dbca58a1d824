// Ops on rows of activations, each row or each value by itself.
#pragma once

#include "../arena.hpp"
#include "binder.hpp"
#include "cells.hpp"
#include "functions.hpp"

namespace halftone {
namespace {

/** Values that are worth a piece of work of their own: some microseconds. */
constexpr size_t VALUES_PER_PIECE = 8192;

/** Rows of `width` values that together are worth a piece. */
inline size_t rowsPerPiece(size_t width) { return width >= VALUES_PER_PIECE ? 0 : VALUES_PER_PIECE / (width + 1); }

/** An op that needs no memory of its own. */
struct WithoutScratch {
  void layOut(Arena&) {}
};

struct DecodeRowsOp : WithoutScratch {
  explicit DecodeRowsOp(Binder& b)
      : binder(b), words(b.take<words::DecodeRows>()), weights(b.weights(words.weights)),
        ids(b.indices(words.ids, b.run.tokens)), out(b.values(words.out, saturated(b.run.tokens, weights.width))) {}

  void run() {
    if (!binder.within(ids, binder.run.tokens, weights.length)) return;
    const FormatKernels& format = binder.run.formats[weights.format];
    const size_t rowBytes = format.rowPrefixBytes + weights.width / format.blockLength * format.bytesPerBlock;
    forEachRange(*binder.run.threads, binder.run.tokens, 1, rowsPerPiece(weights.width), [&](size_t first, size_t end, size_t) {
      for (size_t row = first; row < end; row++) {
        format.decodeRows(weights.data + (size_t)ids[row] * rowBytes, 1, weights.width, out + row * weights.width);
      }
    });
  }

  Binder& binder;
  words::DecodeRows words;
  const Buffer& weights;
  const int32_t* ids;
  float* out;
};

template <class Lanes>
struct RmsNormOp : WithoutScratch {
  explicit RmsNormOp(Binder& b) : binder(b), words(b.take<words::RmsNorm>()), parts(saturated(b.rows(words.count), words.groups)) {
    const size_t length = saturated(parts, words.width);
    input = b.values(words.input, length);
    weights = b.values(words.weights, words.width);
    out = b.values(words.out, length);
  }

  void run() {
    const size_t width = words.width;
    forEachRange(*binder.run.threads, parts, 1, rowsPerPiece(width), [&](size_t first, size_t end, size_t) {
      for (size_t part = first; part < end; part++) normalize(input + part * width, out + part * width);
    });
  }

  void normalize(const float* from, float* to) const {
    using Float = typename Lanes::Float;
    const size_t width = words.width;
    Float squares = {};
    float rest = 0;
    eachVector<Lanes>(
        width, [&](size_t i) { squares += load<Float>(from + i) * load<Float>(from + i); },
        [&](size_t i) { rest += from[i] * from[i]; });
    const float mean = (sumOf<Lanes>(squares) + rest) / (float)width;
    const float factor = 1 / __builtin_sqrtf(mean + words.epsilon);
    mapEach<Lanes>(to, 0, width, [factor](Float value, Float weight) { return value * factor * weight; }, from, weights);
  }

  Binder& binder;
  words::RmsNorm words;
  size_t parts;
  const float* input;
  const float* weights;
  float* out;
};

struct ScaleRowsOp : WithoutScratch {
  explicit ScaleRowsOp(Binder& b)
      : binder(b), words(b.take<words::ScaleRows>()), data(b.values(words.data, saturated(b.run.tokens, words.width))),
        factors(b.values(words.factors, b.run.tokens)) {}

  void run() {
    const size_t width = words.width;
    forEachRange(*binder.run.threads, binder.run.tokens, 1, rowsPerPiece(width), [&](size_t first, size_t end, size_t) {
      for (size_t row = first; row < end; row++) {
        for (size_t i = row * width; i < (row + 1) * width; i++) data[i] *= factors[row];
      }
    });
  }

  Binder& binder;
  words::ScaleRows words;
  float* data;
  const float* factors;
};

struct StoreRowsOp : WithoutScratch {
  explicit StoreRowsOp(Binder& b)
      : binder(b), words(b.take<words::StoreRows>()), cache(b.cache(words.cache)), cells(b.indices(words.cells, b.run.tokens)),
        input(b.values(words.input, saturated(b.run.tokens, cache.width))) {}

  void run() {
    if (!binder.within(cells, binder.run.tokens, cache.length)) return;
    // One row after another in the order of the tokens would matter only where two go to the same cell, and that is nobody's wish.
    forEachRange(*binder.run.threads, binder.run.tokens, 1, rowsPerPiece(cache.width), [&](size_t first, size_t end, size_t) {
      for (size_t row = first; row < end; row++) storeCell(cache, (size_t)cells[row], input + row * cache.width);
    });
  }

  Binder& binder;
  words::StoreRows words;
  const Buffer& cache;
  const int32_t* cells;
  const float* input;
};

template <class Lanes>
struct GateOp : WithoutScratch {
  explicit GateOp(Binder& b)
      : binder(b), words(b.take<words::Gate>()), length(saturated(b.run.tokens, words.perToken, words.width)),
        gate(b.values(words.gate, length)), up(b.values(words.up, length)), out(b.values(words.out, length)) {
    b.require(Fault::badProgram, words.function <= GateFunction::relu, (size_t)words.function, (size_t)GateFunction::relu);
  }

  void run() {
    using Float = typename Lanes::Float;
    switch (words.function) {
      case GateFunction::silu:
        return each([](Float g, Float u) { return silu<Lanes>(g) * u; });
      case GateFunction::gelu:
        return each([](Float g, Float u) { return gelu<Lanes>(g) * u; });
      case GateFunction::relu:
        return each([](Float g, Float u) { return (g < 0.0f ? broadcast<Float>(0.0f) : g) * u; });
    }
  }

  template <class Function>
  void each(Function function) {
    forEachRange(*binder.run.threads, length, 64, VALUES_PER_PIECE, [&](size_t first, size_t end, size_t) {
      mapEach<Lanes>(out, first, end, function, gate, up);
    });
  }

  Binder& binder;
  words::Gate words;
  size_t length;
  const float* gate;
  const float* up;
  float* out;
};

template <class Lanes>
struct AddOp : WithoutScratch {
  explicit AddOp(Binder& b)
      : binder(b), words(b.take<words::Add>()), length(saturated(b.run.tokens, words.width)), data(b.values(words.data, length)),
        addend(b.values(words.addend, length)) {}

  void run() {
    using Float = typename Lanes::Float;
    forEachRange(*binder.run.threads, length, 64, 2 * VALUES_PER_PIECE, [&](size_t first, size_t end, size_t) {
      mapEach<Lanes>(data, first, end, [](Float a, Float b) { return a + b; }, data, addend);
    });
  }

  Binder& binder;
  words::Add words;
  size_t length;
  float* data;
  const float* addend;
};

struct SelectRowsOp : WithoutScratch {
  explicit SelectRowsOp(Binder& b)
      : binder(b), words(b.take<words::SelectRows>()), input(b.values(words.input, saturated(b.run.tokens, words.width))),
        rows(b.indices(words.rows, b.run.outputs)), out(b.values(words.out, saturated(b.run.outputs, words.width))) {}

  void run() {
    if (!binder.within(rows, binder.run.outputs, binder.run.tokens)) return;
    const size_t width = words.width;
    for (size_t row = 0; row < binder.run.outputs; row++) {
      __builtin_memmove(out + row * width, input + (size_t)rows[row] * width, width * sizeof(float));
    }
  }

  Binder& binder;
  words::SelectRows words;
  const float* input;
  const int32_t* rows;
  float* out;
};

}  // namespace
}  // namespace halftone
