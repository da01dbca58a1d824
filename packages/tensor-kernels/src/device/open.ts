import type { BackendName } from '../backend';
import { nativeNeedsNode, openFirst, type BackendPreference } from '../open';
import type { Device, DeviceOptions } from './device';
import { fetchModule } from '../wasm-module';
import { referenceDevice } from './reference-device';
import { wasmDevice } from './wasm-device';

/** How to open each device; `reason` is why this one is asked for. Throws a {@link KernelError} `unavailable` that says why it cannot. */
export type DeviceOpeners = Readonly<
  Record<BackendName, (reason: string, options: DeviceOptions) => Device | Promise<Device>>
>;

/** The devices of a place without Node. */
export const portableDevices: DeviceOpeners = {
  native: nativeNeedsNode,
  wasm: (reason) => wasmDevice(reason, fetchModule),
  reference: referenceDevice,
};

/**
 * Open the device that `preference` names, or with `auto` the first that runs here.
 *
 * @throws {@link KernelError} `unavailable` when the one named does not run here; `auto` always finds one.
 */
export function openDeviceFrom(
  openers: DeviceOpeners,
  preference: BackendPreference,
  askedBy: string,
  options: DeviceOptions,
): Promise<Device> {
  return openFirst(async (name, reason) => openers[name](reason, options), preference, askedBy);
}

/**
 * Open a device where there may be no Node: WebAssembly, or else the reference.
 *
 * @throws {@link KernelError} `unavailable` when the device asked for by name does not run here.
 */
export function openDevice(
  preference: 'auto' | 'wasm' | 'reference' = 'auto',
  options: DeviceOptions = {},
): Promise<Device> {
  return openDeviceFrom(portableDevices, preference, 'name', options);
}
