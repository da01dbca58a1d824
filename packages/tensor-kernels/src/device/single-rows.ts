import { bytesPerRow, decodeRows, formatById, formats, repackRows } from '@halftone/quant-formats';
import type { WeightShape } from './device';

/** Weights whose rows are interleaved as single rows: packed as they are, or decoded where ggml has no type for them. */
export function asSingleRows(
  shape: WeightShape,
  bytes: Uint8Array,
): { readonly shape: WeightShape; readonly bytes: Uint8Array } {
  const format = formats[shape.format];
  if (format.interleaved === undefined) return { shape, bytes };
  const { columns } = shape;
  const rows = bytes.length / bytesPerRow(format, columns);
  const single = formatById(format.interleaved.single.id);
  if (single === undefined || single !== format.interleaved.single) {
    const weights = new Float32Array(rows * columns);
    decodeRows(format, bytes, columns, weights);
    return { shape: { ...shape, format: formats.f32.name }, bytes: new Uint8Array(weights.buffer) };
  }
  const singles = new Uint8Array(rows * bytesPerRow(single, columns));
  repackRows(format, single, bytes, columns, singles);
  return { shape: { ...shape, format: single.name }, bytes: singles };
}
