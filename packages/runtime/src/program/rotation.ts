import type { Rotation } from '@halftone/tensor-kernels';
import type { Hyperparameters, RotationShape, YarnScaling } from '../metadata/hyperparameters';
import type { Allocator } from './step-inputs';

/**
 * The angle per position of each pair, in radians: (rotated / 2). Pair i turns by base^(-2i / rotated) (Su et al., 2021,
 * arXiv:2104.09864), divided by its entry of `divisors` (`rope_freqs.weight`) where a model has them, then scaled.
 */
export function rotationFrequencies(shape: RotationShape, divisors: Float32Array | undefined): Float32Array {
  const { rotated, base, scaling } = shape;
  return Float32Array.from({ length: rotated / 2 }, (_, pair) => {
    const frequency = base ** ((-2 * pair) / rotated) / (divisors?.[pair] ?? 1);
    if (scaling.kind === 'none') return frequency;
    if (scaling.kind === 'linear') return frequency / scaling.factor;
    const kept = keptShare(pair, shape, scaling);
    return frequency * kept + (frequency / scaling.factor) * (1 - kept);
  });
}

/**
 * How much of a pair's own frequency YaRN keeps, 1 to 0: a ramp from the pair that turns `betaFast` times within the original
 * context to the one that turns `betaSlow` times. YaRN, section 3.2; `find_correction_range` of its code rounds both ends.
 */
function keptShare(pair: number, { rotated, base }: RotationShape, yarn: YarnScaling): number {
  const pairOfTurns = (turns: number): number =>
    (rotated * Math.log(yarn.originalContext / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const low = Math.max(0, Math.floor(pairOfTurns(yarn.betaFast)));
  const high = Math.min(rotated - 1, Math.ceil(pairOfTurns(yarn.betaSlow)));
  // Where both ends are one pair, the ramp is a step.
  const ramp = (pair - low) / Math.max(0.001, high - low);
  return 1 - Math.min(1, Math.max(0, ramp));
}

/** Make room for the frequencies, and say how heads turn. What stretches a context is in frequencies and magnitude. */
export function allocateRotation(
  allocator: Pick<Allocator, 'allocateValues'>,
  model: Pick<Hyperparameters, 'rotation' | 'keyLength'>,
): Rotation {
  const { rotated, pairing, scaling } = model.rotation;
  return {
    headLength: model.keyLength,
    rotated,
    pairing,
    frequencies: allocator.allocateValues(rotated / 2),
    magnitude: scaling.kind === 'none' ? 1 : scaling.magnitude,
  };
}
