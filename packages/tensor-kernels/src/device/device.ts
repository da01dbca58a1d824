import type { FormatName } from '@halftone/quant-formats';
import type { BackendName } from '../backend';
import type { Counts, Op } from '../program/ops';

/**
 * What a cache of keys or values may store its rows as, in the order of `CacheFormat` in native/program/buffers.hpp. `q8_0` rows have a
 * multiple of 32 values.
 */
export const cacheFormats = ['f32', 'f16', 'q8_0'] as const;

/** One of {@link cacheFormats}. */
export type CacheFormat = (typeof cacheFormats)[number];

/** 32-bit floats, for activations and small weights. What a device made only that device can use, until `release` or `close`. */
export interface Values {
  readonly kind: 'values';
  readonly length: number;
}

/** 32-bit signed integers, for token ids, positions and places. */
export interface Indices {
  readonly kind: 'indices';
  readonly length: number;
}

/** A matrix as the file has it, still packed: (rows, columns), or `experts` of them one after another. */
export interface Weights {
  readonly kind: 'weights';
  readonly shape: WeightShape;
}

/** Rows of keys or values, one for each cell: (cells, width). */
export interface Cache {
  readonly kind: 'cache';
  readonly format: CacheFormat;
  readonly cells: number;
  readonly width: number;
}

/** Ops that were checked and made ready by one device. */
export interface Program {
  readonly kind: 'program';
  readonly ops: readonly Op[];
}

/** Whatever a device made. */
export type Handle = Values | Indices | Weights | Cache | Program;

/** What a matrix of weights is. */
export interface WeightShape {
  readonly format: FormatName;
  readonly rows: number;
  readonly columns: number;
  /** How many matrices of this shape stand one after another; 1 but for mixtures of experts. */
  readonly experts: number;
}

/** Where the bytes of a weight are. */
export interface WeightSource {
  /** All bytes of the tensor: `experts * rows` rows. A device that cannot map the file asks for them, once. */
  read(): Promise<Uint8Array>;
  /**
   * The place of the same bytes in a file of this machine, which a device may map instead of holding a copy: nobody may shorten that file
   * before the device is closed.
   */
  readonly file?: { readonly path: string; readonly offset: number };
}

/** How a device is opened. */
export interface DeviceOptions {
  /** Threads that share the work of one program; as many as the machine has when left out. Results do not depend on it. */
  readonly threads?: number;
  /**
   * Bits that inputs of products with quantized weights may be rounded to: 16 when left out. With 8, processors that multiply bytes at
   * once (AVX-512 VNNI) read prompts faster, and less exactly; other devices take no notice.
   */
  readonly activationBits?: ActivationBits;
}

/** Threads of one device or pool. Threat: each takes a stack and some MB. Largest: the 384 of a server with two processors. */
export const MAX_THREADS = 1024;

/** What {@link DeviceOptions.activationBits} may be. */
export const allowedActivationBits = [8, 16] as const;

/** One of {@link allowedActivationBits}. */
export type ActivationBits = (typeof allowedActivationBits)[number];

/**
 * The arithmetic of a model: buffers, and programs that run over them.
 *
 * A step of a model is a {@link Program}: a list of ops over buffers, made once and run whole in one call, so that the cost of
 * JavaScript does not grow with the model. Programs run one at a time, in the order of their calls; `read` and `write` wait for the
 * programs called before them. Every device gives nearly the same values: sums are taken in another order, and activations may be
 * rounded before they meet quantized weights (docs/decisions/2026-11-25-activations-of-16-bits.md and 2026-11-28-activations-of-8-bits.md tell how far). The reference rounds
 * nothing. Results never depend on the number of threads.
 */
export interface Device {
  readonly name: BackendName;
  readonly threads: number;
  /** One line for a person: what does the work, and why this one. */
  describe(): string;
  /**
   * Take a matrix of weights as it is packed. In a format that the device has no kernel for it is decoded first, and `describe` says so.
   *
   * @throws `KernelError` `wrong-length` when the bytes are not those of the shape.
   */
  loadWeights(shape: WeightShape, source: WeightSource): Promise<Weights>;
  /** Floats, all zero. @throws `KernelError` `out-of-memory`. */
  allocateValues(length: number): Values;
  /** Integers, all zero. @throws `KernelError` `out-of-memory`. */
  allocateIndices(length: number): Indices;
  /** A cache, all zero. @throws `KernelError` `out-of-memory`, `wrong-length` for a width that the format cannot store. */
  allocateCache(format: CacheFormat, cells: number, width: number): Cache;
  /** Put values into a buffer, from its place `offset` on. @throws `KernelError` `wrong-length` when they do not fit. */
  write(buffer: Values, values: Float32Array, offset?: number): Promise<void>;
  /** The same for integers. */
  write(buffer: Indices, values: Int32Array, offset?: number): Promise<void>;
  /** Fill `into` with what stands in the buffer from `offset` on. */
  read(buffer: Values, into: Float32Array, offset?: number): Promise<void>;
  /** The same for integers. */
  read(buffer: Indices, into: Int32Array, offset?: number): Promise<void>;
  /** The bytes of `count` cells from `first` on, each row in the cache's format: to keep a conversation, and to bring it back. */
  readCells(cache: Cache, first: number, count: number): Promise<Uint8Array>;
  /** Put back what `readCells` gave, from the cell `first` on. @throws `KernelError` `wrong-length` for what are no whole cells. */
  writeCells(cache: Cache, first: number, bytes: Uint8Array): Promise<void>;
  /**
   * Check the ops against each other and make them ready.
   *
   * @throws `KernelError` `unsupported` for an op that no device has, `bad-op` when its parts do not fit each other, `wrong-length` when
   * a buffer is too small to mean anything, `unavailable` for a buffer that is not this device's.
   */
  compile(ops: readonly Op[]): Program;
  /**
   * Run a program over the first `counts.tokens` and `counts.outputs` rows of its buffers.
   *
   * @throws `KernelError` `wrong-length` when a buffer has fewer rows than counted, `out-of-range` when an id, cell or span points
   * outside what it counts. Nothing is written outside a buffer, whatever the indices say.
   */
  run(program: Program, counts: Counts): Promise<void>;
  /** Give back what a handle stands for, once the programs called before are done. The handle is of no use afterwards. */
  release(handle: Handle): void;
  /** Waits for what runs, then gives everything back. */
  close(): Promise<void>;
}
