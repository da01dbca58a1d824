// tq1_0: 256 weights of three values, five in a byte. packages/quant-formats/src/formats/tq1_0.ts draws the block.
#pragma once

#include "../packing/trits.hpp"

namespace halftone {
namespace {

struct tq1_0 : TritRuns<tq1_0, description::tq1_0> {};

}  // namespace
}  // namespace halftone
