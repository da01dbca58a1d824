import type { Cache, Indices, Values, Weights } from '../device/device';

/** How many rows a run has: tokens of the batch, and rows of which logits are wanted. */
export interface Counts {
  readonly tokens: number;
  readonly outputs: number;
}

/** Which of the {@link Counts} tells the rows of an op. */
export type Count = keyof Counts;

/** The functions that a gate applies. `gelu` is the approximation with tanh. */
export const gateFunctions = ['silu', 'gelu', 'relu'] as const;

/** See {@link gateFunctions}. */
export type GateFunction = (typeof gateFunctions)[number];

/**
 * Which two values of a head turn together. `adjacent`: 2i and 2i + 1 (llama, mistral3). `halves`: i and i + rotated / 2 (qwen;
 * called neox elsewhere).
 */
export const pairings = ['adjacent', 'halves'] as const;

/** See {@link pairings}. */
export type Pairing = (typeof pairings)[number];

/** How much experts count: `softmax` or `sigmoid` of their logits. */
export const gatings = ['softmax', 'sigmoid'] as const;

/** See {@link gatings}. */
export type Gating = (typeof gatings)[number];

/** The turning of heads by position. */
export interface Rotation {
  readonly headLength: number;
  /** Leading values of each head that turn; even. The others stay. */
  readonly rotated: number;
  readonly pairing: Pairing;
  /** Angle per position of each pair, in radians: (rotated / 2). What stretches a context (YaRN and its kin) is in these already. */
  readonly frequencies: Values;
  /** Factor on what was turned; 1 but for some ways to stretch a context. */
  readonly magnitude: number;
}

/** One product of a `matmul`. */
export interface Product {
  /** (rows, columns) */
  readonly weights: Weights;
  /** (count, rows) */
  readonly out: Values;
  /** (rows), added to each row of `out`. */
  readonly bias?: Values;
}

/** One product of an `expertMatmul`. */
export interface ExpertProduct {
  /** (experts, rows, columns) */
  readonly weights: Weights;
  /** (tokens, used, rows) */
  readonly out: Values;
}

/**
 * One operation of a program. Matrices of activations are (rows, width), row after row, and a run uses the first rows of each.
 * A shape names the count of its rows first; `T` is the number of tokens, `O` of outputs. What an op writes is no other buffer of the
 * op, unless it says so.
 */
export type Op =
  /** `out` (T, columns) = the rows `ids` (T) of `weights`, decoded. */
  | { readonly op: 'decodeRows'; readonly weights: Weights; readonly ids: Indices; readonly out: Values }
  /**
   * Root mean square normalisation (Zhang and Sennrich, 2019): each of `groups` parts of a row, `width` values long, is divided by
   * sqrt(mean of squares + epsilon) and multiplied with `weights` (width). `input` and `out` (count, groups * width) may be the same.
   */
  | {
      readonly op: 'rmsNorm';
      readonly count: Count;
      readonly input: Values;
      readonly weights: Values;
      readonly out: Values;
      readonly groups: number;
      readonly width: number;
      readonly epsilon: number;
    }
  /** For each product: `out` (count, rows) = `input` (count, columns) times the transpose of `weights`, plus `bias`. */
  | {
      readonly op: 'matmul';
      readonly count: Count;
      readonly input: Values;
      readonly products: readonly Product[];
    }
  /** Turn the heads of `data` (T, heads * headLength) in place by `positions` (T). */
  | {
      readonly op: 'rotate';
      readonly data: Values;
      readonly positions: Indices;
      readonly heads: number;
      readonly rotation: Rotation;
    }
  /** Turn the rows of `cells` (T) of a cache by `positions` (T) more: what moving a conversation's positions asks for. */
  | {
      readonly op: 'rotateCells';
      readonly cache: Cache;
      readonly cells: Indices;
      readonly positions: Indices;
      readonly heads: number;
      readonly rotation: Rotation;
    }
  /** Multiply row t of `data` (T, width) with `factors` (T), in place. */
  | {
      readonly op: 'scaleRows';
      readonly data: Values;
      readonly factors: Values;
      readonly width: number;
    }
  /** Put row t of `input` (T, cache.width) into cell `cells[t]` of the cache. */
  | { readonly op: 'storeRows'; readonly input: Values; readonly cache: Cache; readonly cells: Indices }
  /**
   * Attention of each token over the cells that it sees: `cells[start]` to `cells[start + length - 1]`, where `spans` (T, 2) holds
   * start and length (1 or more) per token. Head h of `query` (T, heads * headLength) looks at key-value head
   * floor(h * keyValueHeads / heads). Scores are multiplied with `scale`. `out` (T, heads * valueLength), where the width of
   * `values` is keyValueHeads * valueLength.
   */
  | {
      readonly op: 'attention';
      readonly query: Values;
      readonly keys: Cache;
      readonly values: Cache;
      readonly cells: Indices;
      readonly spans: Indices;
      readonly out: Values;
      readonly heads: number;
      readonly keyValueHeads: number;
      readonly scale: number;
    }
  /** `out` = function(`gate`) * `up`, all (T * perToken, width). `out` may be one of them. */
  | {
      readonly op: 'gate';
      readonly function: GateFunction;
      readonly gate: Values;
      readonly up: Values;
      readonly out: Values;
      readonly width: number;
      /** Rows per token: 1, or the experts used. */
      readonly perToken: number;
    }
  /** `data` += `addend`, both (T, width). They may be the same. */
  | { readonly op: 'add'; readonly data: Values; readonly addend: Values; readonly width: number }
  /** `out` (O, width) = the rows `rows` (O) of `input` (T, width). */
  | {
      readonly op: 'selectRows';
      readonly input: Values;
      readonly rows: Indices;
      readonly out: Values;
      readonly width: number;
    }
  /**
   * Choose experts: the `used` with the largest of `logits` (T, experts), the lower number first among equals, into `ids` (T, used),
   * largest first; what is not a number counts as the least. Into `shares` (T, used) goes the softmax over all experts, or the
   * sigmoid, of each that was chosen. With `normalize` the shares of a token are divided by their sum; then all are multiplied with
   * `scale`.
   */
  | {
      readonly op: 'routeExperts';
      readonly logits: Values;
      readonly experts: number;
      readonly used: number;
      readonly gating: Gating;
      readonly normalize: boolean;
      readonly scale: number;
      readonly ids: Indices;
      readonly shares: Values;
    }
  /**
   * For each product and chosen expert: row (t, u) of `out` = the expert `ids[t, u]` of `weights` times a row of `input`: row t of
   * (T, columns), or with `inputPerExpert` row (t, u) of (T, used, columns).
   */
  | {
      readonly op: 'expertMatmul';
      readonly input: Values;
      readonly inputPerExpert: boolean;
      readonly ids: Indices;
      readonly used: number;
      readonly products: readonly ExpertProduct[];
    }
  /** `out` (T, width) = the sum over u of `shares[t, u]` times row (t, u) of `input` (T, used, width). */
  | {
      readonly op: 'combineExperts';
      readonly input: Values;
      readonly shares: Values;
      readonly used: number;
      readonly out: Values;
      readonly width: number;
    }
  /** `sums` (width) += the squares of each row of `input` (count, width): what an importance matrix is made of. */
  | {
      readonly op: 'sumSquares';
      readonly count: Count;
      readonly input: Values;
      readonly width: number;
      readonly sums: Values;
    }
  /**
   * The same by expert: the row that expert `ids[t, u]` gets (see `expertMatmul`) is added to its row of `sums` (experts, width),
   * and 1 to its entry of `hits` (experts).
   */
  | {
      readonly op: 'sumExpertSquares';
      readonly input: Values;
      readonly inputPerExpert: boolean;
      readonly ids: Indices;
      readonly used: number;
      readonly experts: number;
      readonly width: number;
      readonly sums: Values;
      readonly hits: Values;
    };
