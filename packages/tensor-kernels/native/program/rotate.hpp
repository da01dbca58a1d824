// Rotary position embedding (Su et al., 2021): of rows of activations, and of rows that a cache holds.
#pragma once

#include "rows.hpp"

namespace halftone {
namespace {

/** Turns the heads of rows by a position. */
class Rotor {
 public:
  Rotor(Binder& binder, const words::Rotation& r, uint32_t h)
      : rotation(r), heads(h), frequencies(binder.values(r.frequencies, r.rotated / 2)) {
    binder.require(Fault::wrongLength, r.rotated % 2 == 0 && r.rotated <= r.headLength, r.rotated, r.headLength);
    binder.require(Fault::badProgram, r.pairing <= Pairing::halves, (size_t)r.pairing, (size_t)Pairing::halves);
  }

  size_t pairs() const { return rotation.rotated / 2; }
  size_t rowLength() const { return saturated(heads, rotation.headLength); }

  /** `workspace` has room for cosines and sines of every pair. */
  void turn(float* row, int32_t position, float* workspace) const {
    float* const cosines = workspace;
    float* const sines = workspace + pairs();
    turns(position, frequencies, pairs(), rotation.magnitude, cosines, sines);
    for (size_t head = 0; head < heads; head++) {
      float* const values = row + head * rotation.headLength;
      if (rotation.pairing == Pairing::adjacent) {
        turnPairs<2>(values, values + 1, cosines, sines);
      } else {
        turnPairs<1>(values, values + pairs(), cosines, sines);
      }
    }
  }

 private:
  template <int Stride>
  void turnPairs(float* __restrict first, float* __restrict second, const float* __restrict cosines,
                 const float* __restrict sines) const {
    for (size_t i = 0; i < pairs(); i++) {
      const float a = first[Stride * i];
      const float b = second[Stride * i];
      first[Stride * i] = a * cosines[i] - b * sines[i];
      second[Stride * i] = a * sines[i] + b * cosines[i];
    }
  }

  words::Rotation rotation;
  size_t heads;
  const float* frequencies;
};

struct RotateOp {
  explicit RotateOp(Binder& b)
      : binder(b), words(b.take<words::Rotate>()), rotor(b, words.rotation, words.heads),
        data(b.values(words.data, saturated(b.run.tokens, rotor.rowLength()))), positions(b.indices(words.positions, b.run.tokens)) {}

  void layOut(Arena& arena) { workspaces = arena.take<float>(saturated(binder.run.threads->count, 2 * rotor.pairs())); }

  void run() {
    const size_t length = rotor.rowLength();
    forEachRange(*binder.run.threads, binder.run.tokens, 1, rowsPerPiece(length), [&](size_t first, size_t end, size_t thread) {
      float* const workspace = workspaces + thread * 2 * rotor.pairs();
      for (size_t row = first; row < end; row++) rotor.turn(data + row * length, positions[row], workspace);
    });
  }

  Binder& binder;
  words::Rotate words;
  Rotor rotor;
  float* data;
  const int32_t* positions;
  float* workspaces = nullptr;
};

template <class Lanes>
struct RotateCellsOp {
  explicit RotateCellsOp(Binder& b)
      : binder(b), words(b.take<words::RotateCells>()), rotor(b, words.rotation, words.heads), cache(b.cache(words.cache)),
        cells(b.indices(words.cells, b.run.tokens)), positions(b.indices(words.positions, b.run.tokens)) {
    b.require(Fault::wrongLength, cache.width == rotor.rowLength(), cache.width, rotor.rowLength());
  }

  void layOut(Arena& arena) { workspaces = arena.take<float>(saturated(binder.run.threads->count, workspaceLength())); }

  void run() {
    if (!binder.within(cells, binder.run.tokens, cache.length)) return;
    forEachRange(*binder.run.threads, binder.run.tokens, 1, rowsPerPiece(cache.width), [&](size_t first, size_t end, size_t thread) {
      float* const row = workspaces + thread * workspaceLength();
      for (size_t i = first; i < end; i++) {
        const size_t cell = (size_t)cells[i];
        loadCell<Lanes>(cache, cell, 0, cache.width, row);
        rotor.turn(row, positions[i], row + cache.width);
        storeCell(cache, cell, row);
      }
    });
  }

  size_t workspaceLength() const { return cache.width + 2 * rotor.pairs(); }

  Binder& binder;
  words::RotateCells words;
  Rotor rotor;
  const Buffer& cache;
  const int32_t* cells;
  const int32_t* positions;
  float* workspaces = nullptr;
};

}  // namespace
}  // namespace halftone
