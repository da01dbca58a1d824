import { RecipeError } from '../error';
import type { Ftype, TypeName } from '../ftypes';
import type { ModelShape, SourceTensor } from '../types';

/** The type that a tensor has when no rule names one. */
export interface DefaultType {
  readonly type: TypeName;
  /** Which default it is, for people. */
  readonly text: string;
}

/** What the default types of a model depend on. */
export interface DefaultTypesOptions {
  readonly ftype: Ftype;
  readonly main: TypeName;
  readonly model: ModelShape;
  /** Whether the model has an output matrix of its own; without one the token embedding is used for both. */
  readonly hasOutput: boolean;
  readonly hasImportance: boolean;
}

/** Rows of k-quants come in blocks of 256; an output matrix with other rows gets a type with blocks of 32. */
const OUTPUT_BLOCK_LENGTH = 256;

/** The type of matrices that are small and do great harm when they are wrong. */
const SAFE_TYPE: TypeName = 'q8_0';

/** From this number of experts on, attention is small beside the experts and gets more bits. */
const MANY_EXPERTS = 4;

/** The parts of the model that have defaults of their own, by the part of the name that shows them. The first one wins. */
const PARTS = [
  ['attn_v.weight', 'attentionValue'],
  ['attn_k', 'attentionKey'],
  // Fused query-key-value matrices too: ik_llama.cpp has rules for them, but takes them for queries before.
  ['attn_q', 'other'],
  ['ffn_down', 'down'],
  ['attn_output.weight', 'attentionOutput'],
] as const;

type Part = 'output' | 'other' | (typeof PARTS)[number][1];

/** How a part is called where a plan says why its tensors get their type. */
const PART_TITLES: Record<Part, string> = {
  output: 'output',
  attentionValue: 'attn_v',
  attentionKey: 'attn_k',
  down: 'ffn_down in the first eighth of the layers',
  attentionOutput: 'attn_output',
  other: 'main type',
};

/** The type of all tensors that have no default of their own. */
export function mainType(ftype: Ftype, type: TypeName): DefaultType {
  return { type, text: `${PART_TITLES.other} of ${ftype.name}` };
}

/**
 * The default types of the tensors of one model, by the mixture of a quantized file type. To be asked for each tensor
 * that is quantized in the order of the file, because models without experts count their `ffn_down` tensors instead of
 * reading the layer from the name.
 *
 * Source: `llama_tensor_get_type` in `src/llama-quantize.cpp` of ik_llama.cpp.
 */
export class DefaultTypes {
  readonly #options: DefaultTypesOptions;
  readonly #manyExperts: boolean;
  #downCount = 0;

  constructor(options: DefaultTypesOptions) {
    this.#options = options;
    this.#manyExperts = options.model.expertCount >= MANY_EXPERTS;
  }

  /**
   * Take note of the next tensor. The function that comes back gives its default type; it is not to be called where a rule
   * decides, so that a model is not asked for facts that no default needs.
   */
  next(tensor: SourceTensor): () => DefaultType {
    const { ftype, main } = this.#options;
    const part = this.#partOf(tensor.name);
    const earlierDowns = this.#downCount;
    if (part === 'down') this.#downCount++;
    return () => {
      const type = this.#typeOfPart(part, tensor, earlierDowns);
      if (type === undefined) return mainType(ftype, main);
      return { type, text: `${PART_TITLES[part]} of ${ftype.name}` };
    };
  }

  #partOf(name: string): Part {
    if (name === 'output.weight' || (name === 'token_embd.weight' && !this.#options.hasOutput))
      return 'output';
    return PARTS.find(([part]) => name.includes(part))?.[1] ?? 'other';
  }

  /** `undefined` means the main type. */
  #typeOfPart(part: Part, tensor: SourceTensor, earlierDowns: number): TypeName | undefined {
    const { model, ftype } = this.#options;
    switch (part) {
      case 'output':
        return this.#outputType(tensor);
      case 'attentionValue':
        if (this.#manyExperts) return SAFE_TYPE;
        return sharesValues(model) ? ftype.mixture.sharedAttentionValue : undefined;
      case 'attentionKey':
        return this.#manyExperts ? SAFE_TYPE : undefined;
      case 'down':
        return this.#downType(tensor.name, earlierDowns);
      case 'attentionOutput':
        return this.#manyExperts && model.architecture !== 'falcon'
          ? ftype.mixture.expertAttentionOutput
          : undefined;
      case 'other':
        return undefined;
      default:
        return part satisfies never;
    }
  }

  #outputType({ dimensions }: SourceTensor): TypeName | undefined {
    const { model, ftype, hasOutput } = this.#options;
    const [columns = 0] = dimensions;
    if (columns % OUTPUT_BLOCK_LENGTH !== 0 || model.architecture === 'falcon') return SAFE_TYPE;
    return hasOutput ? ftype.mixture.output : ftype.mixture.tiedOutput;
  }

  #downType(name: string, earlierDowns: number): TypeName | undefined {
    const { model, ftype, hasImportance } = this.#options;
    const { earlyDownWithImportance, earlyDownWithoutImportance } = ftype.mixture;
    const early = hasImportance ? earlyDownWithImportance : earlyDownWithoutImportance;
    if (early === undefined) return undefined;
    if (model.layerCount === undefined) throw missingLayerCount(name, ftype);
    const layer = model.expertCount > 1 ? layerOf(name) : earlierDowns;
    return layer < Math.floor(model.layerCount / 8) ? early : undefined;
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

/** Whether two or more heads share an `attn_v`. ik_llama.cpp makes an exception of the models that it knows as 70B. */
function sharesValues({ architecture, layerCount, headCount, keyValueHeadCount }: ModelShape): boolean {
  const known =
    ['llama', 'deci', 'qwen2', 'qwen2vl', 'olmo'].includes(architecture ?? '') && layerCount === 80;
  return keyValueHeadCount > 0 && headCount / keyValueHeadCount >= 2 && !known;
}
