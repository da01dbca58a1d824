// Counting at compile time. What the standard library has for it is not at hand where the WebAssembly module is built.
#pragma once

namespace halftone {
namespace {

/** The numbers from 0 on, as parameters of a template. */
template <int... Numbers>
struct Sequence {};

#if defined(__clang__)
template <class, int... Numbers>
using SequenceOf = Sequence<Numbers...>;
template <int Count>
using Upto = __make_integer_seq<SequenceOf, int, Count>;
#else
template <int Count>
using Upto = Sequence<__integer_pack(Count)...>;
#endif

/** A number that is known at compile time, as an argument. */
template <int Number>
struct Constant {
  static constexpr int value = Number;
};

template <class Body, int... Numbers>
[[gnu::always_inline]] inline void unroll(Body& body, Sequence<Numbers...>) {
  (body(Constant<Numbers>{}), ...);
}

/** `body(Constant<0>{})` to `body(Constant<Count - 1>{})`. */
template <int Count, class Body>
[[gnu::always_inline]] inline void unroll(Body body) {
  unroll(body, Upto<Count>{});
}

}  // namespace
}  // namespace halftone
