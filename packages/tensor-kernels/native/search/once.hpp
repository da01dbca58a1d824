// What threads share and the first to come makes. Not a local static: the module has no library that guards these.
#pragma once

#include <stdint.h>

namespace halftone {
namespace {

class Once {
 public:
  /** Run `make` if no thread has done so; in any case, it is done afterwards. */
  template <class Make>
  void run(Make make) {
    if (__atomic_load_n(&state, __ATOMIC_ACQUIRE) == DONE) return;
    uint8_t expected = OPEN;
    if (__atomic_compare_exchange_n(&state, &expected, (uint8_t)BUSY, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
      make();
      __atomic_store_n(&state, (uint8_t)DONE, __ATOMIC_RELEASE);
    } else {
      while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != DONE) {}
    }
  }

 private:
  enum State : uint8_t { OPEN, BUSY, DONE };
  uint8_t state = OPEN;
};

}  // namespace
}  // namespace halftone
