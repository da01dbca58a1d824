import type { Pairing } from '@halftone/tensor-kernels';
import type { RotationScaling, RotationShape } from './hyperparameters';
import { MAX_FACTOR } from './limits';
import type { ModelKeys } from './model-keys';

const scalingTypes = ['none', 'linear', 'yarn', 'longrope'] as const;

const NOT_NEGATIVE = { least: 0, most: MAX_FACTOR };

/** Read how heads turn. `rope.*` of the metadata; see {@link RotationShape}. */
export function readRotation(
  keys: ModelKeys,
  decoder: { readonly pairing: Pairing; readonly keyLength: number; readonly contextLength: number },
): RotationShape {
  const rotated = keys.count('rope.dimension_count', {
    least: 2,
    most: decoder.keyLength,
    otherwise: decoder.keyLength,
  });
  if (rotated % 2 !== 0) throw keys.badValue('rope.dimension_count', rotated, 'even numbers');
  const base = keys.positive('rope.freq_base', 10_000);
  return { rotated, pairing: decoder.pairing, base, scaling: readScaling(keys, decoder.contextLength) };
}

function readScaling(keys: ModelKeys, contextLength: number): RotationScaling {
  const kind = keys.word('rope.scaling.type', scalingTypes, 'linear');
  if (kind === 'longrope') throw keys.unsupported('rope.scaling.type', kind, 'none, linear, yarn');
  if (kind === 'none') return { kind };
  // Files of 2023 call the factor of linear scaling by another name; 0 says that there is none.
  const old = keys.real('rope.scale_linear', { ...NOT_NEGATIVE, otherwise: 0 });
  const factor = keys.real('rope.scaling.factor', { ...NOT_NEGATIVE, otherwise: old }) || 1;
  const magnitude = keys.positive('rope.scaling.attn_factor', 1);
  if (kind === 'linear') return { kind, factor, magnitude };
  return {
    kind,
    factor,
    originalContext: keys.originalContext(contextLength),
    betaFast: yarnNumber(keys, 'beta_fast', 32),
    betaSlow: yarnNumber(keys, 'beta_slow', 1),
    magnitude: magnitude * yarnMagnitude(keys, factor),
  };
}

/** A number of YaRN; the older writers (Ollama among them) leave out `yarn_`. */
function yarnNumber(keys: ModelKeys, name: string, otherwise: number): number {
  return keys.positive(`rope.scaling.yarn_${name}`, keys.positive(`rope.scaling.${name}`, otherwise));
}

/**
 * The factor of YaRN on what was turned: m(mscale) / m(mscale_all_dim), where m(s) = 1 + 0.1 s ln(factor), and m(1) where the
 * file says nothing of mscale_all_dim, which GGUF calls `yarn_log_multiplier`. With both 1 the magnitude is 1.
 *
 * transformers, `_compute_yarn_parameters` in modeling_rope_utils.py; llama.cpp since its pull request 17945.
 */
function yarnMagnitude(keys: ModelKeys, factor: number): number {
  const older = keys.real('rope.scaling.mscale_all_dim', { ...NOT_NEGATIVE, otherwise: 0 });
  const allDimensions = keys.real('rope.scaling.yarn_log_multiplier', { ...NOT_NEGATIVE, otherwise: older });
  const scale = keys.real('rope.scaling.mscale', { ...NOT_NEGATIVE, otherwise: 1 });
  if (factor <= 1) return 1;
  const magnitude = (multiplier: number): number => 1 + 0.1 * multiplier * Math.log(factor);
  return magnitude(scale) / magnitude(allDimensions);
}
