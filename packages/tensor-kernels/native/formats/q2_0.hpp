// q2_0: 64 weights of -1 to 2 times one scale. packages/quant-formats/src/formats/q2_0.ts draws the block.
#pragma once

#include "../packing/pairs_of_bits.hpp"

namespace halftone {
namespace {

struct q2_0 : PairsOfBits<description::q2_0> {};

}  // namespace
}  // namespace halftone
