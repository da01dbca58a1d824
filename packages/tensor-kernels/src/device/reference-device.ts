import { bytesPerRow, formats } from '@halftone/quant-formats';
import { KernelError } from '../error';
import { checkCounts, checkOps } from '../program/check';
import { handlesOf } from '../program/operands';
import type { Counts, Op } from '../program/ops';
import { runOp } from '../program/reference/run';
import type { Memory } from '../program/reference/memory';
import { checkCellBytes, checkNumbers, checkRange, checkWeightBytes, notOurs } from './check';
import { asSingleRows } from './single-rows';
import type {
  Cache,
  CacheFormat,
  Device,
  Handle,
  Indices,
  Program,
  Values,
  Weights,
  WeightShape,
  WeightSource,
} from './device';

/** Open the device in plain TypeScript: it runs everywhere, and says what the others must come close to. */
export function referenceDevice(reason: string): Device {
  return new ReferenceDevice(reason);
}

class ReferenceDevice implements Device, Memory {
  readonly name = 'reference';
  readonly threads = 1;
  readonly #reason: string;
  /** What each handle stands for, until it is released. */
  readonly #data = new Map<Handle, Float32Array | Int32Array | Uint8Array | readonly Op[]>();
  #isClosed = false;

  constructor(reason: string) {
    this.#reason = reason;
  }

  describe(): string {
    return `reference: TypeScript, ${this.#reason}`;
  }

  async loadWeights(shape: WeightShape, source: WeightSource): Promise<Weights> {
    const bytes = await source.read();
    checkWeightBytes(shape, bytes.length);
    const weights = asSingleRows(shape, bytes);
    return this.#own({ kind: 'weights', shape: weights.shape }, weights.bytes);
  }

  allocateValues(length: number): Values {
    checkNumbers(length);
    return this.#own(
      { kind: 'values', length },
      allocate(() => new Float32Array(length), 4 * length),
    );
  }

  allocateIndices(length: number): Indices {
    checkNumbers(length);
    return this.#own(
      { kind: 'indices', length },
      allocate(() => new Int32Array(length), 4 * length),
    );
  }

  allocateCache(format: CacheFormat, cells: number, width: number): Cache {
    checkNumbers(cells, width);
    const length = cells * checkCellBytes(format, width);
    return this.#own(
      { kind: 'cache', format, cells, width },
      allocate(() => new Uint8Array(length), length),
    );
  }

  async write(buffer: Values | Indices, numbers: Float32Array | Int32Array, offset = 0): Promise<void> {
    const data = buffer.kind === 'values' ? this.values(buffer) : this.indices(buffer);
    checkRange(offset, numbers.length, data.length);
    data.set(numbers, offset);
    return Promise.resolve();
  }

  async read(buffer: Values | Indices, into: Float32Array | Int32Array, offset = 0): Promise<void> {
    const data = buffer.kind === 'values' ? this.values(buffer) : this.indices(buffer);
    checkRange(offset, into.length, data.length);
    into.set(data.subarray(offset, offset + into.length));
    return Promise.resolve();
  }

  async readCells(cache: Cache, first: number, count: number): Promise<Uint8Array> {
    checkRange(first, count, cache.cells);
    const length = bytesPerRow(formats[cache.format], cache.width);
    return Promise.resolve(this.cache(cache).slice(first * length, (first + count) * length));
  }

  async writeCells(cache: Cache, first: number, bytes: Uint8Array): Promise<void> {
    const length = bytesPerRow(formats[cache.format], cache.width);
    checkRange(first, bytes.length / length, cache.cells);
    this.cache(cache).set(bytes, first * length);
    return Promise.resolve();
  }

  compile(ops: readonly Op[]): Program {
    checkOps(ops);
    this.#checkHandles(ops);
    return this.#own({ kind: 'program', ops }, ops);
  }

  async run(program: Program, counts: Counts): Promise<void> {
    this.#dataOf(program);
    this.#checkHandles(program.ops);
    checkCounts(program.ops, counts);
    for (const op of program.ops) runOp(op, { counts, memory: this });
    return Promise.resolve();
  }

  release(handle: Handle): void {
    this.#dataOf(handle);
    this.#data.delete(handle);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#data.clear();
    return Promise.resolve();
  }

  values(handle: Values): Float32Array {
    return this.#dataOf(handle) as Float32Array;
  }

  indices(handle: Indices): Int32Array {
    return this.#dataOf(handle) as Int32Array;
  }

  weights(handle: Weights): Uint8Array {
    return this.#dataOf(handle) as Uint8Array;
  }

  cache(handle: Cache): Uint8Array {
    return this.#dataOf(handle) as Uint8Array;
  }

  #own<Kind extends Handle>(
    handle: Kind,
    data: Float32Array | Int32Array | Uint8Array | readonly Op[],
  ): Kind {
    if (this.#isClosed) throw new KernelError('unavailable', 'the device reference is closed');
    this.#data.set(handle, data);
    return handle;
  }

  /** Before anything is done, everything that will be used must be there. */
  #checkHandles(ops: readonly Op[]): void {
    for (const op of ops) for (const handle of handlesOf(op)) this.#dataOf(handle);
  }

  #dataOf(handle: Handle): Float32Array | Int32Array | Uint8Array | readonly Op[] {
    const data = this.#data.get(handle);
    if (data !== undefined) return data;
    throw notOurs(handle);
  }
}

function allocate<Data>(make: () => Data, bytes: number): Data {
  try {
    return make();
  } catch (cause) {
    throw new KernelError('out-of-memory', 'there is no memory for a buffer', {
      found: `${bytes} bytes`,
      cause,
    });
  }
}
