import type { TinyShape, TinyTensors } from './tiny-model';

/*
 * The published formulas of the architectures, written down plainly in double precision: the truth that the runtime is compared
 * with. It shares no code with it. Whole texts are computed at once, without a cache.
 */

/** What stretches the context, as papers and the configurations of Hugging Face name it. */
export interface PlainPositions {
  readonly yarn?: {
    readonly factor: number;
    readonly originalContext: number;
    readonly betaFast: number;
    readonly betaSlow: number;
    readonly attentionFactor: number;
  };
  readonly linearFactor?: number;
  /** Ministral 3: `llama_4_scaling_beta`, over the original context. */
  readonly temperature?: { readonly beta: number; readonly originalContext: number };
}

/** Is told what goes into the matrix of a name, and which expert's it is. */
export type PlainObserver = (name: string, input: readonly number[], expert?: number) => void;

/** Logits after each token: (tokens, vocabulary). */
export function plainLogits(
  shape: TinyShape,
  tensors: TinyTensors,
  tokens: readonly number[],
  positions: PlainPositions = {},
  observe: PlainObserver = () => undefined,
): number[][] {
  const get = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`no tensor ${name}`);
    return tensor.data;
  };
  let stream = tokens.map((token) => row(get('token_embd.weight'), shape.embedding, token));
  for (let layer = 0; layer < shape.layers; layer++) {
    const blk = (name: string): Float32Array => get(`blk.${layer}.${name}`);
    const observed: PlainObserver = (name, ...rest) => observe(`blk.${layer}.${name}.weight`, ...rest);
    const biased = (name: string, input: number[]): number[] => {
      observed(name, input);
      const out = times(blk(`${name}.weight`), input);
      const bias = tensors.get(`blk.${layer}.${name}.bias`)?.data;
      return bias === undefined ? out : out.map((value, i) => value + at(bias, i));
    };
    const attended = attention(shape, blk, biased, stream, positions);
    stream = stream.map((x, t) => plus(x, biased('attn_output', attended[t] ?? [])));
    stream = stream.map((x) => {
      const normed = rmsNorm(x, blk('ffn_norm.weight'), shape.epsilon);
      return plus(
        x,
        shape.experts === undefined ? swiglu(biased, normed) : mixture(shape, blk, normed, observed),
      );
    });
  }
  const head = shape.isTied ? get('token_embd.weight') : get('output.weight');
  return stream.map((x) => {
    const normed = rmsNorm(x, get('output_norm.weight'), shape.epsilon);
    observe('output.weight', normed);
    return times(head, normed);
  });
}

type Tensor = (name: string) => Float32Array;
type Linear = (name: string, input: number[]) => number[];

function attention(
  shape: TinyShape,
  blk: Tensor,
  linear: Linear,
  stream: number[][],
  positions: PlainPositions,
): number[][] {
  const { heads, keyValueHeads, keyLength, valueLength, epsilon } = shape;
  const split = (values: number[], length: number): number[][] =>
    Array.from({ length: values.length / length }, (_, head) =>
      values.slice(head * length, (head + 1) * length),
    );
  const projected = stream.map((x, t) => {
    const normed = rmsNorm(x, blk('attn_norm.weight'), epsilon);
    const headsOf = (name: string): number[][] =>
      split(linear(`attn_${name}`, normed), keyLength)
        .map((head) => (shape.headNorms ? rmsNorm(head, blk(`attn_${name}_norm.weight`), epsilon) : head))
        .map((head) => rotated(shape, head, t, positions));
    const { temperature } = positions;
    const factor =
      temperature === undefined
        ? 1
        : 1 + temperature.beta * Math.log(1 + Math.floor(t / temperature.originalContext));
    return {
      q: headsOf('q').map((head) => head.map((value) => value * factor)),
      k: headsOf('k'),
      v: split(linear('attn_v', normed), valueLength),
    };
  });
  return projected.map(({ q }, t) =>
    q.flatMap((query, head) => {
      const group = Math.floor(head / (heads / keyValueHeads));
      const seen = projected.slice(0, t + 1);
      const shares = softmax(seen.map(({ k }) => dot(query, k[group] ?? []) / Math.sqrt(keyLength)));
      return Array.from({ length: valueLength }, (_, i) =>
        seen.reduce((sum, { v }, s) => sum + at(shares, s) * at(v[group] ?? [], i), 0),
      );
    }),
  );
}

/** Rotary embedding with complex numbers: pair i is turned by t * frequency_i. */
function rotated(shape: TinyShape, head: number[], t: number, positions: PlainPositions): number[] {
  const dim = shape.keyLength;
  const out = [...head];
  for (let i = 0; i < dim / 2; i++) {
    const [a, b] = shape.pairing === 'adjacent' ? [2 * i, 2 * i + 1] : [i, i + dim / 2];
    const divisor = shape.divisors?.[i] ?? 1;
    const angle = t * frequency(dim, shape.ropeBase, i, positions, divisor);
    const size = positions.yarn?.attentionFactor ?? 1;
    out[a] = size * (at(head, a) * Math.cos(angle) - at(head, b) * Math.sin(angle));
    out[b] = size * (at(head, a) * Math.sin(angle) + at(head, b) * Math.cos(angle));
  }
  return out;
}

/** transformers, modeling_rope_utils.py: `_compute_linear_scaling_rope_parameters`, `_compute_yarn_parameters`. */
function frequency(dim: number, base: number, i: number, positions: PlainPositions, divisor: number): number {
  const extrapolation = 1 / (Math.pow(base, (2 * i) / dim) * divisor);
  const { yarn, linearFactor = 1 } = positions;
  if (yarn === undefined) return extrapolation / linearFactor;
  const interpolation = extrapolation / yarn.factor;
  const correctionDim = (rotations: number): number =>
    (dim * Math.log(yarn.originalContext / (rotations * 2 * Math.PI))) / (2 * Math.log(base));
  const low = Math.max(Math.floor(correctionDim(yarn.betaFast)), 0);
  const high = Math.min(Math.ceil(correctionDim(yarn.betaSlow)), dim - 1);
  const ramp = Math.min(1, Math.max(0, (i - low) / (low === high ? 0.001 : high - low)));
  const extrapolationFactor = 1 - ramp;
  return interpolation * (1 - extrapolationFactor) + extrapolation * extrapolationFactor;
}

function swiglu(linear: Linear, input: number[]): number[] {
  const up = linear('ffn_up', input);
  return linear(
    'ffn_down',
    linear('ffn_gate', input).map((gate, i) => silu(gate) * at(up, i)),
  );
}

/** Softmax over all experts, the best of them, their shares made to sum to 1. */
function mixture(
  { embedding, experts }: TinyShape,
  blk: Tensor,
  input: number[],
  observe: PlainObserver,
): number[] {
  const { used, feedForward } = experts ?? { used: 0, feedForward: 0 };
  observe('ffn_gate_inp', input);
  const shares = softmax(times(blk('ffn_gate_inp.weight'), input));
  const best = [...shares.keys()].sort((a, b) => at(shares, b) - at(shares, a)).slice(0, used);
  const total = best.reduce((sum, expert) => sum + at(shares, expert), 0);
  const out = new Array<number>(embedding).fill(0);
  for (const expert of best) {
    const size = embedding * feedForward;
    const part = (name: string, values: number[]): number[] => {
      observe(name, values, expert);
      return times(blk(`${name}.weight`).subarray(expert * size, (expert + 1) * size), values);
    };
    const up = part('ffn_up_exps', input);
    const hidden = part('ffn_gate_exps', input).map((value, i) => silu(value) * at(up, i));
    part('ffn_down_exps', hidden).forEach((value, i) => {
      out[i] = at(out, i) + (at(shares, expert) / total) * value;
    });
  }
  return out;
}

function rmsNorm(x: number[], weights: Float32Array, epsilon: number): number[] {
  const scale = 1 / Math.sqrt(dot(x, x) / x.length + Math.fround(epsilon));
  return x.map((value, i) => value * scale * at(weights, i));
}

/** A matrix of rows as long as the input, times the input. */
function times(matrix: Float32Array, input: number[]): number[] {
  const columns = input.length;
  return Array.from({ length: matrix.length / columns }, (_, r) => dot(row(matrix, columns, r), input));
}

function row(matrix: Float32Array, columns: number, index: number): number[] {
  return [...matrix.subarray(index * columns, (index + 1) * columns)];
}

function softmax(scores: number[]): number[] {
  const largest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - largest));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * at(b, i), 0);
}

function plus(a: number[], b: number[]): number[] {
  return a.map((value, i) => value + at(b, i));
}

function silu(x: number): number {
  return x / (1 + Math.exp(-x));
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}
