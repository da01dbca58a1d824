import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './device/machine';
import { KernelError } from './error';

/**
 * What the addon exports (native/addon). Wrong arguments throw a `RangeError`; what cannot be had throws an `Error` with the code of a
 * {@link KernelError}.
 */
export interface Addon {
  /** The instruction sets of this processor, the fastest first; a call names one by its place. */
  readonly instructionSets: readonly string[];
  readonly formats: readonly string[];
  decodeRows(
    ...args: [instructionSet: number, format: number, bytes: Uint8Array, columns: number, out: Float32Array]
  ): void;
  encodeRows(
    ...args: [
      instructionSet: number,
      format: number,
      weights: Float32Array,
      columns: number,
      importance: Float32Array | undefined,
      out: Uint8Array,
    ]
  ): void;
  firstBeyond(instructionSet: number, weights: Float32Array, limit: number): number;
  squareErrors(
    ...args: [
      instructionSet: number,
      weights: Float32Array,
      decoded: Float32Array,
      columns: number,
      importance: Float32Array | undefined,
      sums: Float64Array,
    ]
  ): void;
  openDevice(instructionSet: number, threads: number, activationBits: number): AddonDevice;
  /** Waits for nothing; a device that is closed may be closed again. */
  closeDevice(device: AddonDevice): void;
  addValues(device: AddonDevice, length: number): number;
  addIndices(device: AddonDevice, length: number): number;
  addCache(device: AddonDevice, format: number, cells: number, width: number): number;
  copyWeights(device: AddonDevice, ...args: [...AddonShape, bytes: Uint8Array]): number;
  mapWeights(device: AddonDevice, ...args: [...AddonShape, path: string, offset: number]): number;
  addProgram(device: AddonDevice, words: Uint32Array): number;
  release(device: AddonDevice, handle: number): void;
  write(device: AddonDevice, handle: number, offsetBytes: number, bytes: Uint8Array): void;
  read(device: AddonDevice, handle: number, offsetBytes: number, into: Uint8Array): void;
  run(device: AddonDevice, program: number, tokens: number, outputs: number): Promise<Outcome>;
}

/** An object that only the addon can look into. */
export interface AddonDevice {
  readonly addonDevice: unique symbol;
}

/** What the addon is told of weights. */
type AddonShape = [format: number, rows: number, columns: number, experts: number];

/** The addon, and where it came from. */
interface LoadedAddon {
  readonly addon: Addon;
  readonly origin: string;
}

const require = createRequire(import.meta.url);

/**
 * Load the addon: the one that was built from source into `dist`, otherwise the prebuilt package for this platform.
 *
 * @throws {@link KernelError} `unavailable`, with what became of each.
 */
export function loadAddon(): LoadedAddon {
  const built = `halftone-${process.platform}-${process.arch}.node`;
  const prebuilt = `@halftone/tensor-kernels-${platformName()}`;
  const refusals: string[] = [];
  for (const [origin, request] of [
    ['built from source', fileURLToPath(new URL(`../dist/${built}`, import.meta.url))],
    [prebuilt, prebuilt],
  ] as const) {
    try {
      const addon: unknown = require(request);
      if (isAddon(addon)) return { addon, origin };
      refusals.push(`${request} is not the addon`);
    } catch (error) {
      const [told] = (error instanceof Error ? error.message : String(error)).split('\n');
      refusals.push(told ?? '');
    }
  }
  throw new KernelError('unavailable', refusals.join('; '));
}

/** What the prebuilt packages are called by: `linux-x64-gnu`, `win32-x64`. Only Linux has more than one C library. */
function platformName(): string {
  const { platform, arch } = process;
  return platform === 'linux' ? `${platform}-${arch}-${linuxLibrary()}` : `${platform}-${arch}`;
}

/** Node tells the version of glibc where it runs with it. */
function linuxLibrary(): 'gnu' | 'musl' {
  const report: unknown = process.report.getReport();
  const header = isRecord(report) ? report['header'] : undefined;
  return isRecord(header) && typeof header['glibcVersionRuntime'] === 'string' ? 'gnu' : 'musl';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isAddon(value: unknown): value is Addon {
  return isRecord(value) && Array.isArray(value['instructionSets']) && Array.isArray(value['formats']);
}
