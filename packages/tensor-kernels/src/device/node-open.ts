import { backendOverride } from '../node-override';
import type { BackendPreference } from '../open';
import type { Device, DeviceOptions } from './device';
import { nativeDevice } from '../node-device';
import { readModuleFile } from '../node-wasm';
import { openDeviceFrom, portableDevices, type DeviceOpeners } from './open';
import { wasmDevice } from './wasm-device';

const devices: DeviceOpeners = {
  ...portableDevices,
  native: (reason, options) => nativeDevice(reason, options),
  wasm: (reason) => wasmDevice(reason, readModuleFile),
};

/**
 * Open a device: native, otherwise WebAssembly, otherwise the reference; or the one that is named. The environment variable
 * HALFTONE_BACKEND overrides `preference`.
 *
 * @throws `KernelError` `unavailable` when the device asked for by name does not run here; `unknown-backend` when HALFTONE_BACKEND
 * names none.
 */
export function openDevice(
  preference: BackendPreference = 'auto',
  options: DeviceOptions = {},
): Promise<Device> {
  const { preference: wanted, askedBy } = backendOverride(preference);
  return openDeviceFrom(devices, wanted, askedBy, options);
}
