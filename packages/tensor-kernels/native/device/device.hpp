// A device of this process: its buffers, its threads, and the programs that run over them.
#pragma once

#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <memory>
#include <utility>
#include <vector>

#include "../dispatch.hpp"
#include "../program/kernels.hpp"
#include "mapped_file.hpp"
#include "pool.hpp"

namespace halftone {

/**
 * Zeros, aligned for every vector. Large ones take room only where they are written, which is what `calloc` is for, and lie in large
 * pages where the system has some: a cache is read in steps of whole cells, and with pages of 4 KiB most of the time would go to
 * looking up where they are.
 */
class Memory {
 public:
  Memory() = default;
  /** `bytes()` is a null pointer when there is none. */
  explicit Memory(size_t length)
      : alignment(length < LARGE_PAGE ? VECTOR : LARGE_PAGE), block(calloc(1, length + 2 * alignment)), size(length) {
#if defined(MADV_HUGEPAGE)
    if (block != nullptr && alignment == LARGE_PAGE) madvise(bytes(), (length + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
#endif
  }
  Memory(Memory&& other) noexcept { *this = std::move(other); }
  Memory& operator=(Memory&& other) noexcept {
    std::swap(alignment, other.alignment);
    std::swap(block, other.block);
    std::swap(size, other.size);
    return *this;
  }
  ~Memory() { free(block); }

  uint8_t* bytes() const {
    return block == nullptr ? nullptr : (uint8_t*)(((uintptr_t)block + alignment - 1) / alignment * alignment);
  }
  size_t length() const { return block == nullptr ? 0 : size; }

 private:
  static constexpr size_t VECTOR = 64;
  static constexpr size_t LARGE_PAGE = 1 << 21;
  size_t alignment = VECTOR;
  void* block = nullptr;
  size_t size = 0;
};

/** The words of a program, which calls know by a handle. */
using ProgramWords = std::vector<uint32_t>;

class Device {
 public:
  /** `bits`: what inputs of quantized weights may be rounded to, as in `MatmulTask`. */
  Device(const Kernels& k, size_t threads, int bits)
      : kernels(k), inputBits(bits), pool(threads), buffers(MAX_BUFFERS), owners(MAX_BUFFERS) {}

  /** Handles of new buffers. A buffer that has no memory yet gets that of `bytes` zeros; `NO_HANDLE` when there is none left. */
  Handle add(Buffer buffer, size_t bytes);
  /** The same with bytes that are part of a file. */
  Handle add(Buffer buffer, MappedFile file);
  Handle add(ProgramWords words);

  /** A null pointer when the handle stands for nothing. */
  const Buffer* bufferAt(Handle handle) const;
  /** How many bytes the buffer has that calls may read and write; 0 for weights that are part of a file. */
  size_t bytesOf(Handle handle) const { return owners[handle].memory.length(); }
  bool isProgram(Handle handle) const { return handle < owners.size() && owners[handle].words != nullptr; }
  void release(Handle handle);

  /** Whether the program fits its buffers; makes room for its run. `outOfMemory` when there is not enough. */
  Failure prepare(Handle program, size_t tokens, size_t outputs, bool& outOfMemory);
  /** Run what was prepared, on this thread and those of the pool. */
  Failure run();

  const Kernels& kernels;
  static constexpr Handle NO_HANDLE = 0xffffffff;

 private:
  /** Ten thousand tensors and caches are a large model. The table never moves, because programs read it while buffers are added. */
  static constexpr size_t MAX_BUFFERS = 1 << 15;

  struct Owner {
    Memory memory;
    MappedFile file;
    std::unique_ptr<ProgramWords> words;
  };

  Handle freeHandle();

  const int inputBits;
  Pool pool;
  std::vector<Buffer> buffers;
  std::vector<Owner> owners;
  std::vector<Handle> released;
  size_t used = 0;
  Memory scratch;
  Run prepared = {};
};

}  // namespace halftone
