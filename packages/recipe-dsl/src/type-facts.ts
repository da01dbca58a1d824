import {
  bytesInFile,
  formatNames,
  formats,
  isFormatName,
  rowCount,
  type FormatFamily,
  type FormatName,
  type ImportanceUse,
} from '@halftone/quant-formats';

/** What a plan must know of a type: how long its rows are, what it needs, whether it can be written. */
export interface TypeFacts {
  /** ggml's type id, as stored in the tensor table of a GGUF file. */
  readonly id: number;
  readonly family: FormatFamily;
  /** Weights in a block. The row length must be a multiple of it. */
  readonly blockLength: number;
  readonly bytesPerBlock: number;
  readonly rowPrefixBytes: number;
  /** Set where a file has one prefix for all rows of a tensor, behind them, in so many bytes. */
  readonly tensorSuffixBytes?: number;
  readonly importance: ImportanceUse;
  /** Set where the rows of several are interleaved: how many, the type of those left over, and how each is stored by itself. */
  readonly interleaved?: {
    readonly rows: number;
    readonly parent: string;
    readonly single: { readonly name: string };
    readonly isRepackTarget: boolean;
  };
}

/** ggml's name of a type. */
export type TypeName = FormatName;

const facts: Readonly<Record<TypeName, TypeFacts>> = formats;

/** What is known of a type. */
export function typeFacts(type: TypeName): TypeFacts {
  return facts[type];
}

/** Names of all types that a plan can name, in the order of ggml's type ids: no tensor is stored as activations are. */
export const typeNames: readonly TypeName[] = formatNames.filter(
  (name) => facts[name].family !== 'activation',
);

/** Those of them that can be written: the others are read, and not even copied. */
export const writableNames: readonly TypeName[] = typeNames.filter(
  (name) => formats[name].encodeRow !== undefined,
);

/** Whether a word is the name of a type that a plan can name, case included. */
export function isTypeName(word: string): word is TypeName {
  return isFormatName(word) && facts[word].family !== 'activation';
}

/** Bytes of a tensor in a file. Its rows must be a multiple of the type's block. */
export function bytesOfTensor(type: TypeName, dimensions: readonly number[]): number {
  const [columns = 1] = dimensions;
  return bytesInFile(facts[type], columns, rowCount(dimensions));
}

/** Bits that a type spends on a weight, the prefix of the row left out. */
export function bitsPerWeightOf(type: TypeName): number {
  const { blockLength, bytesPerBlock } = facts[type];
  return (8 * bytesPerBlock) / blockLength;
}
