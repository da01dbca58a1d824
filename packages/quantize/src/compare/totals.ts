import type { FormatName } from '@halftone/quant-formats';
import type { TensorComparison, WorstBlock } from './compare';
import { addDifferences, NO_DIFFERENCE, type DifferenceSums } from './difference';

/** What several tensors have together. */
export interface ComparisonTotal {
  readonly tensors: number;
  /** In the first file, and in the second. */
  readonly bytes: readonly [number, number];
  readonly sums: DifferenceSums;
  /** Left out where both files hold equal weights. */
  readonly worst?: WorstBlock | undefined;
}

/** The tensors that have one type in the first file and one in the second. */
export interface TypeTotal extends ComparisonTotal {
  readonly types: readonly [FormatName, FormatName];
}

/** What all tensors have together, and those of each pair of types, in the order of the tensors. */
export function comparisonTotals(tensors: readonly TensorComparison[]): {
  readonly all: ComparisonTotal;
  readonly byType: readonly TypeTotal[];
} {
  const byType = new Map<string, TypeTotal>();
  for (const tensor of tensors) {
    const { types } = tensor;
    const key = types.join(' ');
    byType.set(key, { types, ...addTensor(byType.get(key) ?? NOTHING, tensor) });
  }
  return { all: tensors.reduce(addTensor, NOTHING), byType: [...byType.values()] };
}

const NOTHING: ComparisonTotal = { tensors: 0, bytes: [0, 0], sums: NO_DIFFERENCE };

function addTensor(
  { tensors, bytes, sums, worst }: ComparisonTotal,
  tensor: TensorComparison,
): ComparisonTotal {
  return {
    tensors: tensors + 1,
    bytes: [bytes[0] + tensor.bytes[0], bytes[1] + tensor.bytes[1]],
    sums: addDifferences(sums, tensor.sums),
    worst: (tensor.worst?.error ?? 0) > (worst?.error ?? 0) ? tensor.worst : worst,
  };
}
