// pq2_0: 128 weights of -1 to 2 times one scale. packages/quant-formats/src/formats/pq2_0.ts draws the block.
#pragma once

#include "../packing/pairs_of_bits.hpp"

namespace halftone {
namespace {

struct pq2_0 : PairsOfBits<description::pq2_0> {};

}  // namespace
}  // namespace halftone
