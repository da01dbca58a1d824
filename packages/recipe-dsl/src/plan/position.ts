import { RecipeError } from '../error';
import type { Ftype } from '../ftypes/ftype';
import type { ModelShape, SourceTensor } from '../types';

/** Where a tensor stands among those of its kind. */
export interface Position {
  /** From 0: its layer, or how many of its kind stand before it in the file. */
  readonly index: number;
  /** How many there are, or layers. */
  readonly count: number;
  /** From 0: how many of its kind stand before it. */
  readonly counted: number;
}

/** The kinds whose tensors are counted, by the part of the name that shows them. */
const COUNTED_KINDS = ['attn_v.weight', 'ffn_down', 'ffn_gate', 'ffn_up'] as const;

/**
 * Counts tensors in the order of the file, as `llama_tensor_get_type` of ik_llama.cpp does: models without experts have
 * their feed-forward counted, those with experts have the layer read from the name; values of attention are always counted.
 */
export class Positions {
  readonly #model: ModelShape;
  readonly #valueCount: number;
  readonly #seen = new Map<string, number>();

  constructor(model: ModelShape, tensors: readonly SourceTensor[]) {
    this.#model = model;
    this.#valueCount = tensors.filter(({ name }) => /attn_(?:v|qkv)\.weight/.test(name)).length;
  }

  /** Take note of the next tensor. The function that comes back tells its place; it throws where a fact is missing. */
  next(name: string, ftype: Ftype): () => Position {
    const kind = COUNTED_KINDS.find((part) => name.includes(part));
    const counted = this.#seen.get(kind ?? '') ?? 0;
    if (kind !== undefined) this.#seen.set(kind, counted + 1);
    return () => {
      if (kind === 'attn_v.weight') return { index: counted, count: this.#valueCount, counted };
      const { layerCount, expertCount } = this.#model;
      if (layerCount === undefined) throw missingLayerCount(name, ftype);
      return { index: expertCount > 1 ? layerOf(name) : counted, count: layerCount, counted };
    };
  }
}

function missingLayerCount(tensor: string, { name }: Ftype): RecipeError {
  return new RecipeError('missing-layer-count', 'the metadata does not say how many layers the model has', {
    tensor,
    advice: `The default type of ${name} depends on it: name the tensor in a rule, or choose another file type.`,
  });
}

/** `blk.7.ffn_down.weight` is of layer 7; a tensor outside of the layers counts as after the last one. */
function layerOf(name: string): number {
  return Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? Infinity);
}
