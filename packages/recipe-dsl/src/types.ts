import type { FormatName } from '@halftone/quant-formats';
import type { TypeName } from './type-facts';

/** One line of a recipe: tensors whose name contains a match of `pattern` get the type `format`. */
export interface Rule {
  readonly pattern: string;
  readonly format: TypeName;
  /** Line in the recipe text, from 1. */
  readonly line: number;
  /** Set where the rule is no line of a recipe but an option: `--attn-q-type`. */
  readonly option?: string | undefined;
}

/** What a reader of the recipe should know, though it is no error: a stray `"""`, a duplicate rule. */
export interface RecipeNote {
  readonly line: number;
  readonly text: string;
}

/** A rule that decided no tensor's type. */
export interface UnusedRule extends Rule {
  /** It matches nothing, or only what is always kept, or earlier rules take all that it matches. */
  readonly why: string;
}

/** Rules in order; the first that matches a tensor's name wins. */
export interface Recipe {
  /** Where it came from: a path, or `--custom-q`. */
  readonly source: string;
  readonly rules: readonly Rule[];
  readonly notes: readonly RecipeNote[];
}

/** A tensor before planning. */
export interface SourceTensor {
  readonly name: string;
  /** Fastest dimension first: `dimensions[0]` is the row length. */
  readonly dimensions: readonly number[];
  readonly format: FormatName;
}

/** The facts of a model that default mixtures depend on, as far as its metadata tells them. */
export interface ModelShape {
  readonly architecture: string | undefined;
  readonly layerCount: number | undefined;
  /** Of the first layer, as in ik_llama.cpp; 0 where nothing is told. */
  readonly headCount: number;
  readonly keyValueHeadCount: number;
  /** 0 for a model without experts. */
  readonly expertCount: number;
  /** Tokens that the model knows; 0 where nothing is told. */
  readonly vocabularyLength: number;
  /** Columns of the token embedding; 0 where nothing is told. */
  readonly embeddingLength: number;
}

/** Why a tensor gets its type. `kept` tensors are copied byte for byte; those that are `repacked` have the same weights in another order. */
export type PlanReason =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'default'; readonly text: string }
  | { readonly kind: 'kept'; readonly text: string }
  | { readonly kind: 'repacked'; readonly text: string };

/** One tensor of the plan. */
export interface PlannedTensor {
  readonly source: SourceTensor;
  readonly format: TypeName;
  readonly sourceBytes: number;
  readonly bytes: number;
  readonly weights: number;
  readonly bitsPerWeight: number;
  readonly reason: PlanReason;
  /** Set for an additional tensor: the tensor of the source whose weights it has. */
  readonly copyOf?: string;
  /** Set where the wanted type does not fit the tensor and another took its place. */
  readonly fallback?: Fallback;
}

/** Why another type took the place of the wanted one. */
export interface Fallback {
  readonly from: TypeName;
  /** For people, after the name of the wanted type: `whose blocks do not divide a row of 288`. */
  readonly why: string;
}

/**
 * What will be written, tensor by tensor in the order of the source file. A plan may name types that are read
 * and not written; `requireWritable` makes sure that it does not.
 */
export interface Plan {
  readonly tensors: readonly PlannedTensor[];
  /** Rules whose pattern decided no tensor's type. */
  readonly unusedRules: readonly UnusedRule[];
  readonly totals: {
    readonly weights: number;
    readonly bytes: number;
    readonly sourceBytes: number;
    readonly bitsPerWeight: number;
  };
}
