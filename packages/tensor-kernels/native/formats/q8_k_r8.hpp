// q8_k_r8: single rows of it. packages/quant-formats/src/formats/q8_k_r8.ts draws them interleaved.
#pragma once

#include "../packing/rows_of_bytes.hpp"

namespace halftone {
namespace {

struct q8_k_r8 : RowsOfBytes<description::q8_k_r8> {};

}  // namespace
}  // namespace halftone
