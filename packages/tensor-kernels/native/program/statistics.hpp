// Sums of squares of activations: what an importance matrix is made of.
#pragma once

#include "rows.hpp"

namespace halftone {
namespace {

/** Columns that one piece sums up, row after row, so that the order of the sums is that of the rows. */
constexpr size_t COLUMNS_PER_PIECE = 256;

template <class Lanes>
inline void addSquares(float* sums, const float* row, size_t first, size_t end) {
  using Float = typename Lanes::Float;
  mapEach<Lanes>(sums, first, end, [](Float sum, Float value) { return sum + value * value; }, sums, row);
}

template <class Lanes>
struct SumSquaresOp : WithoutScratch {
  explicit SumSquaresOp(Binder& b)
      : binder(b), words(b.take<words::SumSquares>()), rows(b.rows(words.count)),
        input(b.values(words.input, saturated(rows, words.width))), sums(b.values(words.sums, words.width)) {}

  void run() {
    forEachRange(*binder.run.threads, words.width, 64, COLUMNS_PER_PIECE, [&](size_t first, size_t end, size_t) {
      for (size_t row = 0; row < rows; row++) addSquares<Lanes>(sums, input + row * words.width, first, end);
    });
  }

  Binder& binder;
  words::SumSquares words;
  size_t rows;
  const float* input;
  float* sums;
};

template <class Lanes>
struct SumExpertSquaresOp : WithoutScratch {
  explicit SumExpertSquaresOp(Binder& b)
      : binder(b), words(b.take<words::SumExpertSquares>()), rows(saturated(b.run.tokens, words.used)),
        input(b.values(words.input, saturated(words.inputPerExpert != 0 ? rows : b.run.tokens, words.width))),
        ids(b.indices(words.ids, rows)), sums(b.values(words.sums, saturated(words.experts, words.width))),
        hits(b.values(words.hits, words.experts)) {
    b.require(Fault::wrongLength, words.used >= 1, words.used, 1);
  }

  void run() {
    if (!binder.within(ids, rows, words.experts)) return;
    for (size_t row = 0; row < rows; row++) hits[ids[row]] += 1;
    const size_t rowsOfInput = words.inputPerExpert != 0 ? 1 : words.used;
    forEachRange(*binder.run.threads, words.width, 64, COLUMNS_PER_PIECE, [&](size_t first, size_t end, size_t) {
      for (size_t row = 0; row < rows; row++) {
        addSquares<Lanes>(sums + (size_t)ids[row] * words.width, input + row / rowsOfInput * words.width, first, end);
      }
    });
  }

  Binder& binder;
  words::SumExpertSquares words;
  size_t rows;
  const float* input;
  const int32_t* ids;
  float* sums;
  float* hits;
};

}  // namespace
}  // namespace halftone
