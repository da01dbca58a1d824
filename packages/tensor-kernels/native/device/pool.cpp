#include "pool.hpp"

namespace halftone {
namespace {

/** A ticket is the number of the op (22 bits), how many pieces it has and which is next (21 bits each). */
constexpr int PIECE_BITS = 21;
constexpr uint64_t PIECE_MASK = ((uint64_t)1 << PIECE_BITS) - 1;
static_assert(Threads::MAX_PIECES <= PIECE_MASK);

constexpr uint64_t nextPieceOf(uint64_t ticket) { return ticket & PIECE_MASK; }
constexpr uint64_t piecesOf(uint64_t ticket) { return ticket >> PIECE_BITS & PIECE_MASK; }
constexpr uint64_t numberOf(uint64_t ticket) { return ticket >> (2 * PIECE_BITS); }

/** How often a thread looks before it lets others have the processor: some dozen microseconds. */
constexpr int LOOKS = 1000;

void pauseBriefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

Pool::Pool(size_t threads) {
  count = threads;
  share = [](Threads& self, size_t pieces, Work work, void* context) { ((Pool&)self).shareOut(pieces, work, context); };
  try {
    for (size_t thread = 1; thread < threads; thread++) workers.emplace_back([this, thread] { loop(thread); });
  } catch (...) {
    this->~Pool();
    throw;
  }
}

Pool::~Pool() {
  {
    const std::lock_guard<std::mutex> lock(mutex);
    isClosing = true;
  }
  wake.notify_all();
  for (std::thread& worker : workers) worker.join();
  workers.clear();
}

void Pool::begin() {
  if (workers.empty()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex);
    isRunning = true;
  }
  wake.notify_all();
}

void Pool::end() {
  const std::lock_guard<std::mutex> lock(mutex);
  isRunning = false;
}

void Pool::shareOut(size_t pieces, Work toDo, void* with) {
  work = toDo;
  context = with;
  done.store(0, std::memory_order_relaxed);
  const uint64_t number = numberOf(ticket.load(std::memory_order_relaxed)) + 1;
  ticket.store(number << (2 * PIECE_BITS) | (uint64_t)pieces << PIECE_BITS, std::memory_order_release);
  takePieces(0);
  // Others may still be at their last pieces.
  for (int looks = 0; done.load(std::memory_order_acquire) < pieces; looks++) {
    if (looks < LOOKS) {
      pauseBriefly();
    } else {
      std::this_thread::yield();
    }
  }
}

/** Do pieces until none is left; how many were done. */
size_t Pool::takePieces(size_t thread) {
  size_t taken = 0;
  uint64_t seen = ticket.load(std::memory_order_acquire);
  while (nextPieceOf(seen) < piecesOf(seen)) {
    // Taking the piece fails when somebody else was faster, or when the op is another by now.
    if (!ticket.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
    work(context, nextPieceOf(seen), thread);
    done.fetch_add(1, std::memory_order_release);
    taken++;
    seen = ticket.load(std::memory_order_acquire);
  }
  return taken;
}

void Pool::loop(size_t thread) {
  while (sleep()) {
    for (int looks = 0; isRunning.load(std::memory_order_relaxed); looks++) {
      if (takePieces(thread) > 0) {
        looks = 0;
      } else if (looks < LOOKS) {
        pauseBriefly();
      } else {
        std::this_thread::yield();
      }
    }
  }
}

/** Sleep until there is a program; false when the pool closes. */
bool Pool::sleep() {
  std::unique_lock<std::mutex> lock(mutex);
  wake.wait(lock, [this] { return isRunning || isClosing; });
  return !isClosing;
}

}  // namespace halftone
