import { bytesPerRow, decodeRows, formats, type FormatName } from '@halftone/quant-formats';
import { KernelError } from '../error';
import { checkCounts, checkOps } from '../program/check';
import { encodeProgram } from '../program/encode';
import type { Counts, Op } from '../program/ops';
import { checkCellBytes, checkNumbers, checkRange, checkWeightBytes, notOurs } from './check';
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
import { faults, type Machine, type Outcome } from './machine';
import { asSingleRows } from './single-rows';

/** How a device is called, and how many threads it has. */
interface DeviceFacts {
  readonly name: 'native' | 'wasm';
  readonly threads: number;
  readonly description: string;
}

/** A device whose work is done by a {@link Machine}. What was called is done in the order of the calls, one after another. */
class MachineDevice implements Device {
  readonly name: 'native' | 'wasm';
  readonly threads: number;
  private readonly description: string;
  private readonly handles = new Map<Handle, number>();
  /** Done when everything that was called is done. */
  private last: Promise<unknown> = Promise.resolve();
  /** Of weights that were decoded when they were loaded. */
  private readonly decodedFormats = new Set<FormatName>();
  /** Until the device is closed. */
  private machine: Machine | undefined;

  constructor(machine: Machine, { name, threads, description }: DeviceFacts) {
    this.machine = machine;
    this.name = name;
    this.threads = threads;
    this.description = description;
  }

  describe(): string {
    if (this.decodedFormats.size === 0) return this.description;
    return `${this.description}; ${[...this.decodedFormats].join(', ')} decoded to f32`;
  }

  async loadWeights(shape: WeightShape, source: WeightSource): Promise<Weights> {
    const machine = this.open();
    checkNumbers(shape.rows, shape.columns, shape.experts);
    if (formats[shape.format].interleaved !== undefined) return this.loadInterleaved(shape, source);
    const format = machine.formats.indexOf(shape.format);
    if (format < 0) return this.loadDecoded(shape, source);
    if (source.file !== undefined && machine.mapWeights !== undefined) {
      checkWeightBytes(shape, shape.experts * shape.rows * bytesPerRow(formats[shape.format], shape.columns));
      const { path, offset } = source.file;
      return this.keep({ kind: 'weights', shape }, machine.mapWeights(format, shape, path, offset));
    }
    const bytes = await source.read();
    checkWeightBytes(shape, bytes.length);
    return this.keep({ kind: 'weights', shape }, this.open().copyWeights(format, shape, bytes));
  }

  /** Weights whose rows are interleaved are loaded as single rows. */
  private async loadInterleaved(shape: WeightShape, source: WeightSource): Promise<Weights> {
    const bytes = await source.read();
    checkWeightBytes(shape, bytes.length);
    const single = asSingleRows(shape, bytes);
    return this.loadWeights(single.shape, { read: () => Promise.resolve(single.bytes) });
  }

  /** Weights of a format that the machine does not have are decoded as they are loaded: right, but large and slow. */
  private async loadDecoded(shape: WeightShape, source: WeightSource): Promise<Weights> {
    const { format, rows, columns, experts } = shape;
    const bytes = await source.read();
    checkWeightBytes(shape, bytes.length);
    const machine = this.open();
    const floats = new Float32Array(experts * rows * columns);
    decodeRows(formats[format], bytes, columns, floats);
    this.decodedFormats.add(format);
    const place = machine.formats.indexOf(formats.f32.name);
    return this.keep({ kind: 'weights', shape }, machine.copyWeights(place, shape, bytesOf(floats)));
  }

  allocateValues(length: number): Values {
    checkNumbers(length);
    return this.keep({ kind: 'values', length }, this.open().addValues(length));
  }

  allocateIndices(length: number): Indices {
    checkNumbers(length);
    return this.keep({ kind: 'indices', length }, this.open().addIndices(length));
  }

  allocateCache(format: CacheFormat, cells: number, width: number): Cache {
    checkNumbers(cells, width);
    checkCellBytes(format, width);
    const handle = this.open().addCache(format, cells, width);
    return this.keep({ kind: 'cache', format, cells, width }, handle);
  }

  async write(buffer: Values | Indices, items: Float32Array | Int32Array, offset = 0): Promise<void> {
    const handle = this.handleOf(buffer);
    checkRange(offset, items.length, buffer.length);
    return this.afterAll((machine) => machine.write(handle, 4 * offset, bytesOf(items)));
  }

  async read(buffer: Values | Indices, into: Float32Array | Int32Array, offset = 0): Promise<void> {
    const handle = this.handleOf(buffer);
    checkRange(offset, into.length, buffer.length);
    return this.afterAll((machine) => machine.read(handle, 4 * offset, bytesOf(into)));
  }

  async readCells(cache: Cache, first: number, count: number): Promise<Uint8Array> {
    const handle = this.handleOf(cache);
    checkRange(first, count, cache.cells);
    const cellBytes = checkCellBytes(cache.format, cache.width);
    const bytes = new Uint8Array(count * cellBytes);
    await this.afterAll((machine) => machine.read(handle, first * cellBytes, bytes));
    return bytes;
  }

  async writeCells(cache: Cache, first: number, bytes: Uint8Array): Promise<void> {
    const handle = this.handleOf(cache);
    const cellBytes = checkCellBytes(cache.format, cache.width);
    checkRange(first, bytes.length / cellBytes, cache.cells);
    return this.afterAll((machine) => machine.write(handle, first * cellBytes, bytes));
  }

  compile(ops: readonly Op[]): Program {
    const machine = this.open();
    checkOps(ops);
    const words = encodeProgram(ops, (buffer) => this.handleOf(buffer));
    return this.keep({ kind: 'program', ops }, machine.addProgram(words));
  }

  async run(program: Program, counts: Counts): Promise<void> {
    const handle = this.handleOf(program);
    // Whether buffers have room for so many is checked by the machine, which is quicker.
    checkNumbers(counts.tokens, counts.outputs);
    return this.afterAll(async (machine) => {
      const outcome = await machine.run(handle, counts.tokens, counts.outputs);
      checkOutcome(program, counts, outcome);
    });
  }

  release(handle: Handle): void {
    const number = this.handleOf(handle);
    this.handles.delete(handle);
    // After what still uses it; a device that is closed by then has given it back.
    void this.enqueue(() => this.machine?.release(number));
  }

  close(): Promise<void> {
    this.handles.clear();
    return this.enqueue(() => {
      this.machine?.close();
      this.machine = undefined;
    });
  }

  /** Do `work` when everything that was called before is done, whether that succeeded or not. */
  private enqueue<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  private afterAll<Result>(work: (machine: Machine) => Result | Promise<Result>): Promise<Result> {
    return this.enqueue(() => work(this.open()));
  }

  private keep<Kind extends Handle>(handle: Kind, number: number): Kind {
    this.handles.set(handle, number);
    return handle;
  }

  private handleOf(handle: Handle): number {
    const number = this.handles.get(handle);
    if (number !== undefined) return number;
    throw notOurs(handle);
  }

  private open(): Machine {
    if (this.machine !== undefined) return this.machine;
    throw new KernelError('unavailable', `the device ${this.name} is closed`);
  }
}

/** The memory of an array as bytes. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Throws what went wrong with a run. */
function checkOutcome({ ops }: Program, counts: Counts, [fault, place, found, allowed]: Outcome): void {
  const name = faults[fault] ?? 'bad-program';
  if (name === 'none') return;
  const where = `op ${place} (${ops[place]?.op ?? 'none'})`;
  if (name === 'out-of-range') {
    throw new KernelError('out-of-range', `${where}: an index points outside`, {
      found,
      allowed: `0 to ${allowed - 1}`,
    });
  }
  // These say which buffer it is.
  checkCounts(ops, counts);
  throw new KernelError(
    'unavailable',
    `${where}: a buffer was released, or this is no op of this version (${name})`,
  );
}

/** A device whose work `machine` does. */
export function machineDevice(machine: Machine, facts: DeviceFacts): Device {
  return new MachineDevice(machine, facts);
}
