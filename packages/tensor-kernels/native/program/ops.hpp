// The ops as src/program/encode.ts writes them: the word of the opcode, then these words. src/program/ops.ts says what each computes.
#pragma once

#include "buffers.hpp"

namespace halftone {

/** In the order of `opcodes` in src/program/encode.ts. */
enum class Opcode : uint32_t {
  decodeRows,
  rmsNorm,
  matmul,
  rotate,
  rotateCells,
  scaleRows,
  storeRows,
  attention,
  gate,
  add,
  selectRows,
  routeExperts,
  expertMatmul,
  combineExperts,
  sumSquares,
  sumExpertSquares,
};

/** Which number of rows an op has. */
enum class CountName : uint32_t { tokens, outputs };
enum class GateFunction : uint32_t { silu, gelu, relu };
enum class Pairing : uint32_t { adjacent, halves };
enum class Gating : uint32_t { softmax, sigmoid };

/** The handle of a bias that is not there. */
constexpr Handle NO_BUFFER = 0xffffffff;

namespace words {

struct DecodeRows {
  Handle weights, ids, out;
};
struct RmsNorm {
  CountName count;
  Handle input, weights, out;
  uint32_t groups, width;
  float epsilon;
};
struct Matmul {
  CountName count;
  Handle input;
  /** As many `Product` follow. */
  uint32_t products;
};
struct Product {
  Handle weights, out, bias;
};
struct Rotation {
  uint32_t headLength, rotated;
  Pairing pairing;
  Handle frequencies;
  float magnitude;
};
struct Rotate {
  Handle data, positions;
  uint32_t heads;
  Rotation rotation;
};
struct RotateCells {
  Handle cache, cells, positions;
  uint32_t heads;
  Rotation rotation;
};
struct ScaleRows {
  Handle data, factors;
  uint32_t width;
};
struct StoreRows {
  Handle input, cache, cells;
};
struct Attention {
  Handle query, keys, values, cells, spans, out;
  uint32_t heads, keyValueHeads;
  float scale;
};
struct Gate {
  GateFunction function;
  Handle gate, up, out;
  uint32_t width, perToken;
};
struct Add {
  Handle data, addend;
  uint32_t width;
};
struct SelectRows {
  Handle input, rows, out;
  uint32_t width;
};
struct RouteExperts {
  Handle logits;
  uint32_t experts, used;
  Gating gating;
  uint32_t normalize;
  float scale;
  Handle ids, shares;
};
struct ExpertMatmul {
  Handle input;
  uint32_t inputPerExpert;
  Handle ids;
  uint32_t used;
  /** As many `ExpertProduct` follow. */
  uint32_t products;
};
struct ExpertProduct {
  Handle weights, out;
};
struct CombineExperts {
  Handle input, shares;
  uint32_t used;
  Handle out;
  uint32_t width;
};
struct SumSquares {
  CountName count;
  Handle input;
  uint32_t width;
  Handle sums;
};
struct SumExpertSquares {
  Handle input;
  uint32_t inputPerExpert;
  Handle ids;
  uint32_t used, experts, width;
  Handle sums, hits;
};

}  // namespace words
}  // namespace halftone
