// How ops share their work out.
#pragma once

#include <stddef.h>

namespace halftone {

/** Threads that work together on the ops of a program, one op after another. */
struct Threads {
  /** With the thread that runs the program, which is thread 0. */
  size_t count;
  /** Call `work` for every piece below `pieces`, each on some thread, and return when all are done. At most `MAX_PIECES`. */
  void (*share)(Threads& threads, size_t pieces, void (*work)(void* context, size_t piece, size_t thread), void* context);

  static constexpr size_t MAX_PIECES = 1 << 20;
};

namespace {

template <class Work>
void forEachPiece(Threads& threads, size_t pieces, Work work) {
  if (threads.count == 1 || pieces <= 1) {
    for (size_t piece = 0; piece < pieces; piece++) work(piece, (size_t)0);
    return;
  }
  const auto call = [](void* context, size_t piece, size_t thread) { (*(Work*)context)(piece, thread); };
  threads.share(threads, pieces, call, &work);
}

/**
 * Call `work(first, end, thread)` for ranges that together are 0 to `length`. They start at multiples of `step`, and depend on
 * nothing but the arguments: `atLeast` is the least length that is worth a piece.
 */
template <class Work>
void forEachRange(Threads& threads, size_t length, size_t step, size_t atLeast, Work work) {
  const size_t least = (atLeast > length / (Threads::MAX_PIECES / 2) ? atLeast : length / (Threads::MAX_PIECES / 2)) + 1;
  const size_t range = (least + step - 1) / step * step;
  forEachPiece(threads, (length + range - 1) / range, [&](size_t piece, size_t thread) {
    const size_t first = piece * range;
    work(first, length - first < range ? length : first + range, thread);
  });
}

}  // namespace
}  // namespace halftone
