// Reads the words of a program and turns handles into memory, of which every length is checked first.
#pragma once

#include "ops.hpp"
#include "run.hpp"

namespace halftone {
namespace {

/** A product that stays at the largest number when it would not fit, which is longer than any buffer. */
inline size_t saturated(size_t a, size_t b, size_t c = 1) {
  size_t product;
  if (__builtin_mul_overflow(a, b, &product) || __builtin_mul_overflow(product, c, &product)) return (size_t)-1;
  return product;
}

class Binder {
 public:
  Binder(const Run& r, Failure& f) : run(r), failure(f) {}

  bool atEnd() const { return next >= run.wordCount; }
  bool failed() const { return failure.fault != Fault::none; }

  /** The next words. */
  template <class Words>
  Words take() {
    Words words = {};
    constexpr size_t count = sizeof(Words) / sizeof(uint32_t);
    if (run.wordCount - next < count) {
      fail(Fault::badProgram, (int64_t)(run.wordCount - next), (int64_t)count);
      next = run.wordCount;
      return words;
    }
    __builtin_memcpy(&words, run.words + next, sizeof words);
    next += count;
    return words;
  }

  /** The next `count` items of `Words`, one at least. */
  template <class Words>
  const Words* takeItems(uint32_t count) {
    constexpr size_t wordsPerItem = sizeof(Words) / sizeof(uint32_t);
    const Words* items = (const Words*)(run.words + next);
    const size_t left = (run.wordCount - next) / wordsPerItem;
    require(Fault::badProgram, count >= 1 && count <= left, count, left);
    next = failed() ? run.wordCount : next + count * wordsPerItem;
    return items;
  }

  size_t rows(CountName count) {
    require(Fault::badProgram, count <= CountName::outputs, (size_t)count, (size_t)CountName::outputs);
    return count == CountName::tokens ? run.tokens : run.outputs;
  }

  /** The floats of a buffer that has `length` of them or more; a null pointer after a failure. */
  float* values(Handle handle, size_t length) { return (float*)longEnough(handle, BufferKind::values, length); }
  int32_t* indices(Handle handle, size_t length) { return (int32_t*)longEnough(handle, BufferKind::indices, length); }
  /** After a failure, a buffer of nothing. */
  const Buffer& weights(Handle handle) { return bufferOf(handle, BufferKind::weights); }
  const Buffer& cache(Handle handle) { return bufferOf(handle, BufferKind::cache); }
  size_t lengthOf(Handle handle, BufferKind kind) { return bufferOf(handle, kind).length; }

  void require(Fault fault, bool holds, size_t found, size_t allowed) {
    if (!holds) fail(fault, (int64_t)found, (int64_t)allowed);
  }

  /** All of `indices` are from 0 to `end - 1`. */
  bool within(const int32_t* indices, size_t count, size_t end) {
    for (size_t i = 0; i < count; i++) {
      if (indices[i] < 0 || (size_t)indices[i] >= end) {
        fail(Fault::outOfRange, indices[i], (int64_t)end);
        return false;
      }
    }
    return true;
  }

  /** What fails first is told. */
  void fail(Fault fault, int64_t found, int64_t allowed) {
    if (failed()) return;
    failure.fault = fault;
    failure.found = found;
    failure.allowed = allowed;
  }

  const Run& run;

 private:
  const Buffer& bufferOf(Handle handle, BufferKind kind) {
    static constexpr Buffer nothing = {};
    if (handle < run.bufferCount && run.buffers[handle].kind == kind) return run.buffers[handle];
    fail(Fault::badHandle, (int64_t)handle, (int64_t)kind);
    return nothing;
  }

  uint8_t* longEnough(Handle handle, BufferKind kind, size_t length) {
    const Buffer& buffer = bufferOf(handle, kind);
    if (failed()) return nullptr;
    require(Fault::wrongLength, buffer.length >= length, buffer.length, length);
    return failed() ? nullptr : buffer.data;
  }

  Failure& failure;
  size_t next = 0;
};

}  // namespace
}  // namespace halftone
