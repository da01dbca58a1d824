import type { PlannedTensor } from '@halftone/recipe-dsl';
import { formatReason } from './plan';

/** A tensor of a plan as plain data: the same in the JSON of every command. */
export function plannedTensorJson(planned: PlannedTensor): Record<string, unknown> {
  const { source, format, bytes, sourceBytes, weights, bitsPerWeight, fallback } = planned;
  return {
    name: source.name,
    dimensions: source.dimensions,
    from: source.format,
    to: format,
    fallbackFrom: fallback?.from,
    sourceBytes,
    bytes,
    weights,
    bitsPerWeight,
    why: formatReason(planned),
  };
}
