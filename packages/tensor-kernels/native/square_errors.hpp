#pragma once

namespace halftone {

/** The sums of packages/tensor-kernels/src/square-error.ts, in the order in which the addon and the wasm module hand them out. */
struct SquareErrors {
  double error;
  double energy;
  double weightedError;
  double weightedEnergy;
};

}  // namespace halftone
