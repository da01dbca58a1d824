import { availableParallelism } from 'node:os';
import {
  cacheFormats,
  MAX_THREADS,
  type CacheFormat,
  type Device,
  type DeviceOptions,
  type WeightShape,
} from './device/device';
import type { Machine } from './device/machine';
import { machineDevice } from './device/machine-device';
import { KernelError, type KernelErrorCode } from './error';
import type { Addon, AddonDevice } from './node-addon';
import { chooseAddon } from './node-native';

/**
 * Open the native device, with the fastest instruction set or with the one that `instructionSet` or HALFTONE_ISA names. Weights are
 * used as they stand in a file where their source tells of one: nobody may shorten that file before the device is closed.
 *
 * @throws {@link KernelError} `unavailable` when there is no addon for this platform, or the processor has no such instructions;
 * `bad-option` for a number of threads that is out of range; `out-of-memory` for more than there can be.
 */
export function nativeDevice(reason: string, options: DeviceOptions, instructionSet?: string): Device {
  const { threads = availableParallelism(), activationBits = 16 } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw new KernelError('bad-option', 'the number of threads is out of range', {
      found: threads,
      allowed: `1 to ${MAX_THREADS}`,
    });
  }
  const { addon, instructionSet: place, description } = chooseAddon(instructionSet);
  const machine = new AddonMachine(
    addon,
    withCode(() => addon.openDevice(place, threads, activationBits)),
  );
  const told = threads === 1 ? '1 thread' : `${threads} threads`;
  return machineDevice(machine, {
    name: 'native',
    threads,
    description: `native: ${description}, ${told}, ${reason}`,
  });
}

class AddonMachine implements Machine {
  readonly formats: readonly string[];
  private readonly addon: Addon;
  private readonly device: AddonDevice;

  constructor(addon: Addon, device: AddonDevice) {
    this.addon = addon;
    this.device = device;
    this.formats = addon.formats;
  }

  addValues(length: number): number {
    return withCode(() => this.addon.addValues(this.device, length));
  }

  addIndices(length: number): number {
    return withCode(() => this.addon.addIndices(this.device, length));
  }

  addCache(format: CacheFormat, cells: number, width: number): number {
    const place = cacheFormats.indexOf(format);
    return withCode(() => this.addon.addCache(this.device, place, cells, width));
  }

  copyWeights(format: number, { rows, columns, experts }: WeightShape, bytes: Uint8Array): number {
    return withCode(() => this.addon.copyWeights(this.device, format, rows, columns, experts, bytes));
  }

  mapWeights(format: number, { rows, columns, experts }: WeightShape, path: string, offset: number): number {
    return withCode(
      () => this.addon.mapWeights(this.device, format, rows, columns, experts, path, offset),
      path,
      offset,
    );
  }

  addProgram(words: Uint32Array): number {
    return withCode(() => this.addon.addProgram(this.device, words));
  }

  release(handle: number): void {
    this.addon.release(this.device, handle);
  }

  write(handle: number, offsetBytes: number, bytes: Uint8Array): void {
    this.addon.write(this.device, handle, offsetBytes, bytes);
  }

  read(handle: number, offsetBytes: number, into: Uint8Array): void {
    this.addon.read(this.device, handle, offsetBytes, into);
  }

  run(program: number, tokens: number, outputs: number): ReturnType<Machine['run']> {
    return withCode(() => this.addon.run(this.device, program, tokens, outputs));
  }

  close(): void {
    this.addon.closeDevice(this.device);
  }
}

/** The codes that errors of the addon may have. */
const codes: readonly KernelErrorCode[] = ['out-of-memory', 'unavailable', 'wrong-length'];

/** Call the addon; an error that it gives a code becomes a {@link KernelError}. */
function withCode<Result>(call: () => Result, file?: string, offset?: number): Result {
  try {
    return call();
  } catch (cause) {
    const code = codes.find((each) => cause instanceof Error && 'code' in cause && cause.code === each);
    if (code === undefined || !(cause instanceof Error)) throw cause;
    throw new KernelError(code, cause.message, { file, offset, cause });
  }
}
