import type { Backend } from './backend';
import { backendOverride } from './node-override';
import { openNative } from './node-native';
import {
  openFrom,
  reportFrom,
  type BackendOpeners,
  type BackendPreference,
  type BackendStatus,
} from './open';
import { referenceBackend } from './reference';
import { readModuleFile } from './node-wasm';
import { wasmOpener } from './wasm';

const openers: BackendOpeners = {
  native: openNative,
  wasm: wasmOpener(readModuleFile),
  reference: referenceBackend,
};

/**
 * Open a backend: native, otherwise WebAssembly, otherwise the reference; or the one that is named. The environment variable
 * HALFTONE_BACKEND overrides `preference`. A backend is used only when it gives the bytes of the reference for a row of every
 * format, which takes some milliseconds.
 *
 * @throws {@link KernelError} `unavailable` when the backend asked for by name does not run here; `unknown-backend` when
 * HALFTONE_BACKEND names none.
 */
export function openBackend(preference: BackendPreference = 'auto'): Promise<Backend> {
  const { preference: wanted, askedBy } = backendOverride(preference);
  return openFrom(openers, wanted, askedBy);
}

/** For each backend, whether it runs here, and if not why. */
export function backendReport(): Promise<readonly BackendStatus[]> {
  return reportFrom(openers);
}
