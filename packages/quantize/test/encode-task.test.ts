import { bytesPerRow, formats, type FormatName } from '@halftone/quant-formats';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { referenceBackend } from '@halftone/tensor-kernels';
import { WindowEncoder, type EncodeTask } from '../src/encode-task';
import { bellCurve } from './tiny-model';

afterEach(() => {
  vi.restoreAllMocks();
});

function f32Task(format: FormatName, weights: Float32Array): EncodeTask {
  const source = new Uint8Array(weights.slice().buffer);
  return {
    sourceFormat: 'f32',
    format,
    columns: 32,
    rows: weights.length / 32,
    source,
    // What was in it before must not be seen.
    output: new Uint8Array((weights.length / 32) * bytesPerRow(formats[format], 32)).fill(0xa5),
    importance: undefined,
  };
}

const encoder = new WindowEncoder(referenceBackend('named by the test'));

describe('WindowEncoder', () => {
  it('gives the rows of another format, and the error of what it wrote', () => {
    const result = encoder.encode(f32Task('q8_0', bellCurve(64, 1)));
    if (result.kind !== 'encoded') throw new Error(result.kind);
    expect(result.bytes.length).toBe(2 * bytesPerRow(formats.q8_0, 32));
    expect(result.errors.error).toBeGreaterThan(0);
  });

  it('hands rows that are kept back as they are', () => {
    const task = f32Task('f32', bellCurve(64, 1));
    expect(encoder.encode(task)).toMatchObject({
      kind: 'encoded',
      bytes: task.source,
      spent: task.output,
      errors: { error: 0 },
    });
  });

  it('moves the bits of rows that are interleaved, and takes them apart to the same bytes', () => {
    const packed = encoder.encode(f32Task('q8_0', bellCurve(8 * 32, 1)));
    if (packed.kind !== 'encoded') throw new Error(packed.kind);
    const repack = (sourceFormat: FormatName, format: FormatName, source: Uint8Array<ArrayBuffer>) =>
      encoder.encode({
        sourceFormat,
        format,
        columns: 32,
        rows: 8,
        source,
        output: new Uint8Array(source.length).fill(0xa5),
        importance: undefined,
      });
    const interleaved = repack('q8_0', 'q8_0_r8', packed.bytes.slice());
    if (interleaved.kind !== 'encoded') throw new Error(interleaved.kind);
    expect(interleaved.bytes).not.toEqual(packed.bytes);
    expect(repack('q8_0_r8', 'q8_0', interleaved.bytes.slice())).toMatchObject({
      bytes: packed.bytes,
      errors: { error: 0 },
    });
  });

  it('never hands out rows that decode to NaN', () => {
    // An encoder with a defect: the second row that it writes is not finite.
    let rows = 0;
    vi.spyOn(formats.q8_0, 'decodeRow').mockImplementation((_, out) => {
      out.fill(rows++ === 1 ? NaN : 0);
    });
    expect(encoder.encode(f32Task('q8_0', bellCurve(96, 1)))).toEqual({ kind: 'encoding-failed', row: 1 });
  });
});
