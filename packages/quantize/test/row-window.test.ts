import type { GgufTensor } from '@halftone/gguf-io';
import { bytesPerRow, formats, type FormatName } from '@halftone/quant-formats';
import { describe, expect, it } from 'vitest';
import { rowWindows, windowByteOffset, WEIGHTS_PER_WINDOW, type TensorJob } from '../src/row-window';

/** A tensor of `dimensions` that goes from one format to another. Nothing of it is in memory. */
function job(dimensions: readonly number[], from: FormatName, to = from): TensorJob {
  const weights = dimensions.reduce((product, length) => product * length, 1);
  const shape = { name: 'blk.0.attn_q.weight', dimensions, format: from };
  const byteLength = (weights / (dimensions[0] ?? 1)) * bytesPerRow(formats[from], dimensions[0] ?? 1);
  const tensor: GgufTensor = { ...shape, byteOffset: 0, byteLength };
  const bytes = { sourceBytes: byteLength, bytes: byteLength, bitsPerWeight: 0 };
  const reason = { kind: 'default', text: 'test' } as const;
  return { tensor, planned: { source: shape, format: to, weights, reason, ...bytes } };
}

/** The windows one after another: each starts where the one before ended. Returns how many there are. */
function checkWindows(one: TensorJob): number {
  let offset = 0;
  let count = 0;
  for (const window of rowWindows([one])) {
    expect(windowByteOffset(window)).toBe(offset);
    offset += window.rows * bytesPerRow(formats[one.tensor.format], window.columns);
    count++;
  }
  expect(offset).toBe(one.tensor.byteLength);
  return count;
}

describe('rowWindows', () => {
  it.each([
    ['rows that are encoded', job([1024, 384], 'bf16', 'iq4_ks'), 2],
    ['experts, each in windows of its own', job([256, 16, 4], 'f32', 'q8_0'), 4],
    ['four dimensions', job([32, 4, 1, 2], 'f32', 'q8_0'), 2],
    ['rows that stand together, eight by eight', job([1024 * 20, 24], 'f32', 'q8_0_r8'), 3],
    ['a vector', job([256], 'f32'), 1],
    ['a long vector that is kept', job([2 ** 31], 'f32'), 2 ** 13],
    ['long rows of blocks that are kept', job([WEIGHTS_PER_WINDOW + 256, 3], 'q6_K'), 6],
    ['long rows that are encoded', job([WEIGHTS_PER_WINDOW + 256, 3], 'f32', 'q6_K'), 3],
    ['long rows with a prefix that are kept', job([WEIGHTS_PER_WINDOW + 256, 3], 'iq4_ks'), 3],
  ])('covers %s', (_, one, count) => {
    expect(checkWindows(one)).toBe(count);
  });

  it('is never longer than a window where rows may be cut', () => {
    for (const { rows, columns } of rowWindows([job([2 ** 20 + 32, 2], 'q8_0')])) {
      expect(rows * columns).toBeLessThanOrEqual(WEIGHTS_PER_WINDOW);
    }
  });
});
