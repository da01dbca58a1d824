import type { SquareErrorSums } from '@halftone/tensor-kernels';

/** Weighted square error over weighted energy: 0 is perfect, 1 as bad as all zeros. 0 for a tensor of zeros. */
export function relativeError({ weightedError, weightedEnergy }: SquareErrorSums): number {
  return weightedEnergy === 0 ? 0 : weightedError / weightedEnergy;
}
