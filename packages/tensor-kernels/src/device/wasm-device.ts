import { KernelError } from '../error';
import { formatsOf, startModule, type ModuleReader, type WasmExports, type WasmRun } from '../wasm-module';
import { checkCellBytes } from './check';
import { cacheFormats, type CacheFormat, type Device, type WeightShape } from './device';
import { Heap } from './heap';
import { bufferKinds, type Machine, type Outcome } from './machine';
import { machineDevice } from './machine-device';

/**
 * Open the WebAssembly device: one thread, which is the caller's, and buffers of 4 GiB in all.
 *
 * @throws {@link KernelError} `unavailable` when the module cannot be read or does not run here.
 */
export async function wasmDevice(reason: string, readModule: ModuleReader): Promise<Device> {
  const machine = new WasmMachine(await startModule(readModule));
  return machineDevice(machine, { name: 'wasm', threads: 1, description: `wasm: 128-bit SIMD, ${reason}` });
}

/** Ten thousand tensors and caches are a large model. */
const MAX_BUFFERS = 2 ** 14;
/** Four doubles. */
const OUTCOME_BYTES = 32;

/** What a place in the table of buffers holds. */
interface Entry {
  readonly kind: (typeof bufferKinds)[number];
  readonly format?: number;
  readonly length: number;
  readonly width?: number;
  readonly experts?: number;
}

/** The C++ as a WebAssembly module, with buffers in its memory. */
class WasmMachine implements Machine {
  readonly formats: readonly string[];
  readonly #exports: WasmExports;
  readonly #heap: Heap;
  /** Addresses of the table of buffers, of an outcome, and of scratch. */
  readonly #table: number;
  readonly #outcome: number;
  #scratch = { address: 0, length: 0 };
  /** The address and length of each buffer or program. */
  readonly #places = new Map<number, { readonly address: number; readonly length: number }>();
  /** Numbers of buffers that were released, and the first that none has had yet. */
  readonly #released: number[] = [];
  #next = 0;

  constructor(exports: WasmExports) {
    this.#exports = exports;
    this.formats = formatsOf(exports);
    this.#heap = new Heap(exports.memory, exports.__heap_base.value);
    this.#table = this.#heap.allocate(MAX_BUFFERS * exports.bufferBytes());
    this.#outcome = this.#heap.allocate(OUTCOME_BYTES);
  }

  addValues(length: number): number {
    return this.#add({ kind: 'values', length }, 4 * length);
  }

  addIndices(length: number): number {
    return this.#add({ kind: 'indices', length }, 4 * length);
  }

  addCache(format: CacheFormat, cells: number, width: number): number {
    const bytes = cells * checkCellBytes(format, width);
    return this.#add({ kind: 'cache', format: cacheFormats.indexOf(format), length: cells, width }, bytes);
  }

  copyWeights(format: number, { rows, columns, experts }: WeightShape, bytes: Uint8Array): number {
    const entry: Entry = { kind: 'weights', format, length: rows, width: columns, experts };
    const handle = this.#add(entry, bytes.length);
    this.write(handle, 0, bytes);
    return handle;
  }

  addProgram(words: Uint32Array): number {
    const handle = this.#add({ kind: 'none', length: 0 }, words.byteLength);
    this.write(handle, 0, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    return handle;
  }

  release(handle: number): void {
    this.#heap.free(this.#placeOf(handle).address);
    this.#places.delete(handle);
    this.#released.push(handle);
    this.#exports.setBuffer(this.#table, handle, 0, 0, 0, 0, 0, 0);
  }

  write(handle: number, offsetBytes: number, bytes: Uint8Array): void {
    this.#bytes(this.#placeOf(handle).address + offsetBytes, bytes.length).set(bytes);
  }

  read(handle: number, offsetBytes: number, into: Uint8Array): void {
    into.set(this.#bytes(this.#placeOf(handle).address + offsetBytes, into.length));
  }

  run(program: number, tokens: number, outputs: number): Promise<Outcome> {
    const { address, length } = this.#placeOf(program);
    const run: WasmRun = [this.#table, this.#next, address, length / 4, tokens, outputs];
    const scratchBytes = this.#exports.checkProgram(...run, this.#outcome) >>> 0;
    const outcome = this.#readOutcome();
    if (outcome[0] !== 0) return Promise.resolve(outcome);
    this.#growScratch(scratchBytes);
    this.#exports.runProgram(...run, this.#scratch.address, this.#outcome);
    return Promise.resolve(this.#readOutcome());
  }

  /** The memory goes when nothing holds this machine any longer. */
  close(): void {
    this.#places.clear();
  }

  #add({ kind, format = 0, length, width = 0, experts = 1 }: Entry, bytes: number): number {
    if (this.#places.size === MAX_BUFFERS) {
      throw new KernelError('out-of-memory', 'there are too many buffers', { allowed: String(MAX_BUFFERS) });
    }
    const address = this.#heap.allocate(bytes);
    const handle = this.#released.pop() ?? this.#next++;
    this.#places.set(handle, { address, length: bytes });
    const place = bufferKinds.indexOf(kind);
    this.#exports.setBuffer(this.#table, handle, place, format, address, length, width, experts);
    return handle;
  }

  #placeOf(handle: number): { readonly address: number; readonly length: number } {
    const place = this.#places.get(handle);
    if (place === undefined) throw new RangeError(`there is no buffer ${handle}`);
    return place;
  }

  #bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, address, length);
  }

  #readOutcome(): Outcome {
    const [fault = 0, op = 0, found = 0, allowed = 0] = new Float64Array(
      this.#exports.memory.buffer,
      this.#outcome,
      4,
    );
    return [fault, op, found, allowed];
  }

  #growScratch(bytes: number): void {
    if (bytes <= this.#scratch.length) return;
    if (this.#scratch.length > 0) this.#heap.free(this.#scratch.address);
    this.#scratch = { address: 0, length: 0 };
    this.#scratch = { address: this.#heap.allocate(bytes), length: bytes };
  }
}
