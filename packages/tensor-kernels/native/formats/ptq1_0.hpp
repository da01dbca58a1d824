// ptq1_0: 128 weights of three values, five in a byte. packages/quant-formats/src/formats/ptq1_0.ts draws the block.
#pragma once

#include "../packing/trits.hpp"

namespace halftone {
namespace {

struct ptq1_0 : TritRuns<ptq1_0, description::ptq1_0> {};

}  // namespace
}  // namespace halftone
