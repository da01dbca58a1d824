import type { Gating, Pairing } from '@halftone/tensor-kernels';
import type { Pooling } from '../embed/pooling';

/** What positions turn the heads of queries and keys by. */
export interface RotationShape {
  /** Leading values of each head that turn; even. */
  readonly rotated: number;
  readonly pairing: Pairing;
  /** Pair i turns by base^(-2i / rotated) radians per position, before `scaling` and the divisors of `rope_freqs.weight`. */
  readonly base: number;
  readonly scaling: RotationScaling;
}

/** How positions are squeezed so that a model reads further than it was trained. */
export type RotationScaling =
  | { readonly kind: 'none' }
  | { readonly kind: 'linear'; readonly factor: number; readonly magnitude: number }
  | YarnScaling;

/** YaRN (Peng et al., 2023, arXiv:2309.00071): slow pairs are stretched, fast ones left, with a ramp between. */
export interface YarnScaling {
  readonly kind: 'yarn';
  readonly factor: number;
  /** Tokens of the context before it was stretched. */
  readonly originalContext: number;
  /** Turns within the original context above which a pair is left as it is, and below which it is stretched whole. */
  readonly betaFast: number;
  readonly betaSlow: number;
  /** Factor on what was turned. */
  readonly magnitude: number;
}

/** Queries grow with the position: `1 + scale * ln(1 + floor(position / length))` (Llama 4; Ministral 3). */
export interface TemperatureShape {
  readonly scale: number;
  readonly length: number;
}

/** A mixture of experts in place of the feed-forward. */
export interface ExpertShape {
  readonly count: number;
  readonly used: number;
  readonly feedForwardLength: number;
  readonly gating: Gating;
  readonly normalize: boolean;
  readonly scale: number;
}

/** The shape of a decoder: what its metadata say, checked. */
export interface Hyperparameters {
  readonly architecture: string;
  readonly layers: number;
  /** Tokens that the model was made for. */
  readonly contextLength: number;
  readonly embeddingLength: number;
  readonly feedForwardLength: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly keyLength: number;
  readonly valueLength: number;
  readonly normEpsilon: number;
  readonly rotation: RotationShape;
  readonly attentionTemperature: TemperatureShape | undefined;
  readonly experts: ExpertShape | undefined;
  /** How the model was made to embed texts, where it was. */
  readonly pooling: Pooling | undefined;
}
