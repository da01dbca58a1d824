import { bytesOfTensor, type TypeName } from '../type-facts';
import type { Plan, PlannedTensor, PlanReason, SourceTensor } from '../types';

/** A tensor that stays as it is. @param text - why */
export function keep(source: SourceTensor, text: string): PlannedTensor {
  return sized(source, source.format, { kind: 'kept', text });
}

/** A tensor with its type, and how large it becomes. */
export function sized(source: SourceTensor, format: TypeName, reason: PlanReason): PlannedTensor {
  const weights = source.dimensions.reduce((product, length) => product * length, 1);
  const bytes = bytesOfTensor(format, source.dimensions);
  const sourceBytes = bytesOfTensor(source.format, source.dimensions);
  return {
    source,
    format,
    sourceBytes,
    bytes,
    weights,
    bitsPerWeight: bitsPerWeight(bytes, weights),
    reason,
  };
}

/** The sums over all tensors of a plan. */
export function totals(tensors: readonly PlannedTensor[]): Plan['totals'] {
  let weights = 0;
  let bytes = 0;
  let sourceBytes = 0;
  for (const tensor of tensors) {
    weights += tensor.weights;
    bytes += tensor.bytes;
    if (tensor.copyOf === undefined) sourceBytes += tensor.sourceBytes;
  }
  return { weights, bytes, sourceBytes, bitsPerWeight: bitsPerWeight(bytes, weights) };
}

/** 0 for no weights at all. */
function bitsPerWeight(bytes: number, weights: number): number {
  return weights === 0 ? 0 : (8 * bytes) / weights;
}
