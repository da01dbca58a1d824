// Pieces of lent memory.
#pragma once

#include <stddef.h>

namespace halftone {
namespace {

/** Hands out pieces of lent memory. Without memory (a null pointer) it only counts how much would be needed. */
class Arena {
 public:
  explicit Arena(void* memory) : start((char*)memory) {}

  template <class Item>
  Item* take(size_t count) {
    Item* items = start == nullptr ? nullptr : (Item*)(start + used);
    used += (count * sizeof(Item) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return items;
  }
  size_t bytes() const { return used; }

  /** Of lent memory and of every piece: that of the widest vector. */
  static constexpr size_t ALIGNMENT = 64;

 private:
  char* start;
  size_t used = 0;
};

}  // namespace
}  // namespace halftone
