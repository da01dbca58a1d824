import { bytesPerRow, encodeRows, formatNames, formats, type FormatName } from '@halftone/quant-formats';
import { expect } from 'vitest';
import type { Cache, CacheFormat, Counts, Device, Indices, Op, Values, Weights } from '../../src/index';
import { noise } from '../rows';

/** Stands behind every result, to see that nothing is written there. */
const BEHIND = Float32Array.from({ length: 40 }, (_, i) => 1e6 + i);

/** A matrix, or several for experts, encoded once for all tests. */
export interface Matrix {
  readonly format: FormatName;
  readonly rows: number;
  readonly columns: number;
  readonly experts: number;
  readonly bytes: Uint8Array;
}

/** The formats that matrices of any number of rows can be made in. */
export const singleRowFormats = formatNames.filter((name) => formats[name].interleaved === undefined);

const matrices = new Map<string, Matrix>();

/** Weights as models have them, in one format. */
export function matrixOf(format: FormatName, rows: number, columns: number, experts = 1): Matrix {
  const key = [format, rows, columns, experts].join();
  const known = matrices.get(key);
  if (known !== undefined) return known;
  const weights = noise(experts * rows * columns, 3);
  const bytes = new Uint8Array(experts * rows * bytesPerRow(formats[format], columns));
  if (formats[format].encodeRow === undefined) setAnyCodes(format, columns, bytes);
  else encodeRows(formats[format], weights, columns, new Float32Array(columns).fill(1), bytes);
  const made = { format, rows, columns, experts, bytes };
  matrices.set(key, made);
  return made;
}

/** Rows of a format that is read and not written: any codes, behind a scale as weights have it. */
function setAnyCodes(format: FormatName, columns: number, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer);
  const rowBytes = bytesPerRow(formats[format], columns);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 37 + (i >> 5) * 11) & 0xff;
  for (let at = 0; at < bytes.length; at += rowBytes) view.setFloat32(at, 0.02 + at / bytes.length, true);
}

/** Numbers as models compute with: about 1, some much larger. */
export function activations(length: number, seed: number): Float32Array {
  return noise(length, seed).map((value, i) => (i % 41 === 0 ? 1000 : 60) * value);
}

/** Short words for what tests do with a device. */
export class Tools {
  private readonly made: (Values | Indices | Cache | Weights)[] = [];

  constructor(readonly device: Device) {}

  async values(numbers: ArrayLike<number>): Promise<Values> {
    const buffer = this.keep(this.device.allocateValues(numbers.length));
    await this.device.write(buffer, Float32Array.from(numbers));
    return buffer;
  }

  async indices(numbers: ArrayLike<number>): Promise<Indices> {
    const buffer = this.keep(this.device.allocateIndices(numbers.length));
    await this.device.write(buffer, Int32Array.from(numbers));
    return buffer;
  }

  async weights({ bytes, ...shape }: Matrix): Promise<Weights> {
    return this.keep(await this.device.loadWeights(shape, { read: () => Promise.resolve(bytes) }));
  }

  cache(format: CacheFormat, cells: number, width: number): Cache {
    return this.keep(this.device.allocateCache(format, cells, width));
  }

  /** A buffer to write `length` numbers to. {@link Tools.numbersOf} sees that nothing is written behind them. */
  async result(length: number): Promise<Values> {
    const buffer = this.keep(this.device.allocateValues(length + BEHIND.length));
    await this.device.write(buffer, BEHIND, length);
    return buffer;
  }

  async numbersOf(result: Values): Promise<Float32Array> {
    const all = new Float32Array(result.length);
    await this.device.read(result, all);
    expect(all.subarray(-BEHIND.length)).toEqual(BEHIND);
    return all.subarray(0, -BEHIND.length);
  }

  async integersOf(buffer: Indices): Promise<Int32Array> {
    const all = new Int32Array(buffer.length);
    await this.device.read(buffer, all);
    return all;
  }

  async run(ops: readonly Op[], counts: Partial<Counts>): Promise<void> {
    const program = this.device.compile(ops);
    try {
      await this.device.run(program, { tokens: 0, outputs: 0, ...counts });
    } finally {
      this.device.release(program);
    }
  }

  /** Give back all buffers that were made here. */
  releaseAll(): void {
    for (const handle of this.made.splice(0)) this.device.release(handle);
  }

  private keep<Kind extends Values | Indices | Cache | Weights>(handle: Kind): Kind {
    this.made.push(handle);
    return handle;
  }
}
