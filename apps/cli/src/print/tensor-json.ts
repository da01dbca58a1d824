import type { PlannedTensor } from '@halftone/recipe-dsl';
import { formatReason } from './plan';

/** A tensor of a plan as plain data: the same in the JSON of every command. */
export function plannedTensorJson(planned: PlannedTensor): Record<string, unknown> {
  const { source, format, bytes, sourceBytes, weights, bitsPerWeight, fallbackFrom } = planned;
  return {
    name: source.name,
    dimensions: source.dimensions,
    from: source.format,
    to: format,
    fallbackFrom,
    sourceBytes,
    bytes,
    weights,
    bitsPerWeight,
    why: formatReason(planned),
  };
}
