import { RecipeError } from '../error';
import type { Ftype } from '../ftypes/ftype';
import type { Program } from '../ftypes/program';
import type { ModelShape, SourceTensor } from '../types';
import { isOfPart } from './part';

/** Where a tensor stands among those of its kind. */
export interface Position {
  /** From 0: its layer, or how many of its kind stand before it in the file. */
  readonly index: number;
  /** How many there are, or layers. */
  readonly count: number;
  /** From 0: how many of its kind stand before it. */
  readonly counted: number;
}

/** The parts whose tensors are counted. */
const COUNTED_PARTS = ['attn_v', 'ffn_down', 'ffn_gate', 'ffn_up'] as const;

/** What is counted of a model, and by which program. */
export interface PositionsOptions {
  readonly ftype: Ftype;
  readonly model: ModelShape;
  /** All tensors of the model. */
  readonly tensors: readonly SourceTensor[];
  /** Those that are quantized, in the order of the file. */
  readonly candidates: readonly SourceTensor[];
  /** Those of them that a rule names. */
  readonly named: ReadonlySet<SourceTensor>;
}

/**
 * The places of tensors among those of their kind, as `llama_tensor_get_type` of each program counts them: models without experts
 * have their feed-forward counted, those with experts have the layer read from the name; values of attention are always counted.
 */
export class Positions {
  readonly #options: PositionsOptions;
  readonly #valueCount: number;
  /** How many of its kind stand before each. */
  readonly #before = new Map<SourceTensor, number>();

  constructor(options: PositionsOptions) {
    this.#options = options;
    this.#valueCount = options.tensors.filter(({ name }) =>
      isCountedAsValue(name, options.ftype.program),
    ).length;
    const seen = new Map<string, number>();
    for (const tensor of inOrderOfWork(options)) {
      const part = countedPart(tensor, options.ftype.program);
      if (part === undefined) continue;
      const before = seen.get(part) ?? 0;
      this.#before.set(tensor, before);
      seen.set(part, before + 1);
    }
  }

  /**
   * The place of one of the tensors.
   *
   * @throws RecipeError `missing-layer-count` where the metadata does not say how many layers there are
   */
  of(tensor: SourceTensor): Position {
    const { ftype, model } = this.#options;
    const counted = this.#before.get(tensor) ?? 0;
    if (countedPart(tensor, ftype.program) === 'attn_v') {
      return { index: counted, count: this.#valueCount, counted };
    }
    const { layerCount, expertCount } = model;
    if (layerCount === undefined) throw missingLayerCount(tensor.name, ftype);
    return { index: expertCount > 1 ? layerOf(tensor.name) : counted, count: layerCount, counted };
  }
}

function countedPart({ name }: SourceTensor, program: Program): (typeof COUNTED_PARTS)[number] | undefined {
  return COUNTED_PARTS.find((part) => isOfPart(name, part, program));
}

/** ik_llama.cpp takes fused matrices into the number of values, though not among them. */
function isCountedAsValue(name: string, program: Program): boolean {
  return isOfPart(name, 'attn_v', program) || isOfPart(name, 'attn_qkv', program);
}

/**
 * The tensors in the order in which a program counts them. ik_llama.cpp takes them in the order of the file, and counts those too that
 * a rule names; llama.cpp goes layer by layer, by name, and leaves those out.
 */
function inOrderOfWork({ ftype, candidates, named }: PositionsOptions): readonly SourceTensor[] {
  if (ftype.program === 'ik_llama.cpp') return candidates;
  const keyed = candidates
    .filter((tensor) => !named.has(tensor))
    .map((tensor) => ({ tensor, layer: layerOf(tensor.name, -1) }));
  return keyed
    .sort((a, b) => a.layer - b.layer || (a.tensor.name < b.tensor.name ? -1 : 1))
    .map(({ tensor }) => tensor);
}

function missingLayerCount(tensor: string, { name }: Ftype): RecipeError {
  return new RecipeError('missing-layer-count', 'the metadata does not say how many layers the model has', {
    tensor,
    advice: `The default type of ${name} depends on it: name the tensor in a rule, or choose another file type.`,
  });
}

/** `blk.7.ffn_down.weight` is of layer 7. @param outside - the layer of a tensor outside of the layers: after the last one, if not told */
function layerOf(name: string, outside = Infinity): number {
  return Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? outside);
}
