import type { Ftype, TypeName } from '../ftypes';
import type { ModelShape, SourceTensor } from '../types';

/** The type that a tensor has when no rule names one. */
export interface DefaultType {
  readonly type: TypeName;
  /** Which default it is, for people. */
  readonly text: string;
}

/** What the mixture of a quantized file type depends on. */
export interface MixtureInputs {
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
  // Fused query-key-value matrices too: the peer has rules for them, but takes them for queries before.
  ['attn_q', 'other'],
  ['ffn_down', 'down'],
  ['attn_output.weight', 'attentionOutput'],
] as const;

type Part = 'output' | 'other' | (typeof PARTS)[number][1];

/**
 * The mixture of a quantized file type. To be asked for each tensor that is quantized in the order of the file, because
 * models without experts count their `ffn_down` tensors instead of reading the layer from the name.
 *
 * Source: `llama_tensor_get_type` in `src/llama-quantize.cpp` of ik_llama.cpp.
 */
export class MixtureDefaults {
  readonly #inputs: MixtureInputs;
  readonly #manyExperts: boolean;
  #downCount = 0;

  constructor(inputs: MixtureInputs) {
    this.#inputs = inputs;
    this.#manyExperts = inputs.model.expertCount >= MANY_EXPERTS;
  }

  /** The default type of the next tensor. */
  next(tensor: SourceTensor): DefaultType {
    const { ftype, main } = this.#inputs;
    const part = this.#partOf(tensor.name);
    const type = this.#typeOfPart(part, tensor);
    if (type === undefined) return { type: main, text: `default of ${ftype.name}` };
    return { type, text: `default of ${ftype.name} for ${describe(part)}` };
  }

  #partOf(name: string): Part {
    if (name === 'output.weight' || (name === 'token_embd.weight' && !this.#inputs.hasOutput))
      return 'output';
    return PARTS.find(([part]) => name.includes(part))?.[1] ?? 'other';
  }

  /** `undefined` means the main type. */
  #typeOfPart(part: Part, tensor: SourceTensor): TypeName | undefined {
    const { model, ftype } = this.#inputs;
    switch (part) {
      case 'output':
        return this.#outputType(tensor);
      case 'attentionValue':
        if (this.#manyExperts) return SAFE_TYPE;
        return sharesValues(model) ? ftype.mixture.sharedAttentionValue : undefined;
      case 'attentionKey':
        return this.#manyExperts ? SAFE_TYPE : undefined;
      case 'down':
        return this.#downType(tensor.name);
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
    const { model, ftype, hasOutput } = this.#inputs;
    const [columns = 0] = dimensions;
    if (columns % OUTPUT_BLOCK_LENGTH !== 0 || model.architecture === 'falcon') return SAFE_TYPE;
    return hasOutput ? ftype.mixture.output : ftype.mixture.tiedOutput;
  }

  #downType(name: string): TypeName | undefined {
    const { model, ftype, hasImportance } = this.#inputs;
    const layer = model.expertCount > 1 ? layerOf(name) : this.#downCount++;
    if (layer >= Math.floor(model.layerCount / 8)) return undefined;
    return hasImportance ? ftype.mixture.earlyDownWithImportance : ftype.mixture.earlyDownWithoutImportance;
  }
}

/** `blk.7.ffn_down.weight` is of layer 7; a tensor outside of the layers counts as after the last one. */
function layerOf(name: string): number {
  return Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? Infinity);
}

/** Whether two or more heads share an `attn_v`. The peer makes an exception of the models that it knows as 70B. */
function sharesValues({ architecture, layerCount, headCount, keyValueHeadCount }: ModelShape): boolean {
  const known = ['llama', 'deci', 'qwen2', 'qwen2vl', 'olmo'].includes(architecture) && layerCount === 80;
  return keyValueHeadCount > 0 && headCount / keyValueHeadCount >= 2 && !known;
}

function describe(part: Part): string {
  const words: Record<Part, string> = {
    output: 'the output matrix',
    attentionValue: 'attention values',
    attentionKey: 'attention keys',
    down: 'ffn_down in the first eighth of the layers',
    attentionOutput: 'the attention output',
    other: 'the rest',
  };
  return words[part];
}
