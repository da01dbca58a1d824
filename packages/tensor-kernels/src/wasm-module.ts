import { KernelError } from './error';

/** What the module exports (native/module/module.cpp). Numbers named like memory are addresses in it. */
export interface WasmExports {
  readonly memory: WebAssembly.Memory;
  /** The first byte that the module does not use itself. */
  readonly __heap_base: WebAssembly.Global<'i32'>;
  formatCount(): number;
  formatName(format: number): number;
  scratchBytes(format: number, columns: number): number;
  decodeRows(...args: [format: number, bytes: number, rows: number, columns: number, out: number]): void;
  encodeRows(
    ...args: [
      format: number,
      weights: number,
      rows: number,
      columns: number,
      importance: number,
      out: number,
      scratch: number,
    ]
  ): void;
  firstBeyond(weights: number, length: number, limit: number): number;
  squareErrors(
    ...args: [
      weights: number,
      decoded: number,
      rows: number,
      columns: number,
      importance: number,
      sums: number,
    ]
  ): void;
  /** The bytes of a place in a table of buffers. */
  bufferBytes(): number;
  setBuffer(
    ...args: [
      table: number,
      handle: number,
      kind: number,
      format: number,
      data: number,
      length: number,
      width: number,
      experts: number,
    ]
  ): void;
  /** The bytes of scratch, as a signed number; `outcome` is the address of four doubles. */
  checkProgram(...args: [...run: WasmRun, outcome: number]): number;
  runProgram(...args: [...run: WasmRun, scratch: number, outcome: number]): void;
}

/** What both functions for programs are given. */
export type WasmRun = [
  table: number,
  bufferCount: number,
  words: number,
  wordCount: number,
  tokens: number,
  outputs: number,
];

const functionNames = [
  'formatCount',
  'formatName',
  'scratchBytes',
  'decodeRows',
  'encodeRows',
  'firstBeyond',
  'squareErrors',
  'bufferBytes',
  'setBuffer',
  'checkProgram',
  'runProgram',
] as const;

/** Of every address that the module is given: that of the widest vector, and more. */
export const ALIGNMENT = 64;

/** Memory grows by pages. */
export const PAGE_BYTES = 65_536;

/** The module, beside the sources and beside what is built of them. */
const moduleUrl = new URL('../wasm/halftone-kernels.wasm', import.meta.url);

/** Reads the module, from wherever this machine keeps it. */
export type ModuleReader = (url: URL) => Promise<Uint8Array<ArrayBuffer>>;

/** Reads the module where there may be no Node. */
export async function fetchModule(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Read and start the module: a new instance, with a memory of its own.
 *
 * @throws {@link KernelError} `unavailable` when it cannot be read, or WebAssembly or its 128-bit SIMD does not run here.
 */
export async function startModule(readModule: ModuleReader): Promise<WasmExports> {
  const module = await readModule(moduleUrl).catch((cause: unknown) => {
    throw new KernelError('unavailable', 'the WebAssembly module cannot be read', {
      file: moduleUrl.href,
      cause,
    });
  });
  const { instance } = await WebAssembly.instantiate(module).catch((cause: unknown) => {
    throw new KernelError('unavailable', 'WebAssembly with 128-bit SIMD does not run here', { cause });
  });
  if (!isWasmExports(instance.exports)) {
    throw new KernelError('unavailable', 'halftone-kernels.wasm is not the module of this version');
  }
  return instance.exports;
}

/** The formats that the module has, in the order in which calls count them. */
export function formatsOf(exports: WasmExports): readonly string[] {
  return Array.from({ length: exports.formatCount() }, (_, format) => {
    const bytes = new Uint8Array(exports.memory.buffer, exports.formatName(format));
    return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  });
}

function isWasmExports(exports: object): exports is WasmExports {
  const found = new Map<string, unknown>(Object.entries(exports));
  return (
    found.get('memory') instanceof WebAssembly.Memory &&
    found.get('__heap_base') instanceof WebAssembly.Global &&
    functionNames.every((name) => typeof found.get(name) === 'function')
  );
}
