// Threads of a device: they share the work of one op after another, and sleep between programs.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "../program/threads.hpp"

namespace halftone {

/**
 * The ops of a program follow each other within microseconds, which is less than it takes to wake a thread. So while a program runs,
 * the threads of the pool look out for work and do not sleep; and the thread that runs the program never waits for one that is not
 * there yet: pieces are taken by whoever is.
 */
class Pool : public Threads {
 public:
  /** Throws `std::system_error` when there can be no such thread. */
  explicit Pool(size_t count);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();

  /** Before and after a program: between these, threads look out for work. */
  void begin();
  void end();

 private:
  using Work = void (*)(void* context, size_t piece, size_t thread);

  void shareOut(size_t pieces, Work work, void* context);
  size_t takePieces(size_t thread);
  void loop(size_t thread);
  bool sleep();

  std::vector<std::thread> workers;

  /** What is shared out, and to whom: the number of the op, of its pieces, and of the next piece, all in one word. */
  alignas(64) std::atomic<uint64_t> ticket = 0;
  alignas(64) std::atomic<size_t> done = 0;
  Work work = nullptr;
  void* context = nullptr;

  std::mutex mutex;
  std::condition_variable wake;
  std::atomic<bool> isRunning = false;
  bool isClosing = false;
};

}  // namespace halftone
