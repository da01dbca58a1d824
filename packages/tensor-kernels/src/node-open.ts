import { readFile } from 'node:fs/promises';
import type { Backend } from './backend';
import { openNative } from './node-native';
import {
  openFrom,
  reportFrom,
  toPreference,
  type BackendOpeners,
  type BackendPreference,
  type BackendStatus,
} from './open';
import { referenceBackend } from './reference';
import { wasmOpener } from './wasm';

/** The environment variable that overrides every preference. */
const BACKEND_VARIABLE = 'HALFTONE_BACKEND';

const openers: BackendOpeners = {
  native: openNative,
  wasm: wasmOpener(async (url) => new Uint8Array(await readFile(url))),
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
  const override = process.env[BACKEND_VARIABLE];
  return override === undefined
    ? openFrom(openers, preference, 'name')
    : openFrom(openers, toPreference(override), BACKEND_VARIABLE);
}

/** For each backend, whether it runs here, and if not why. */
export function backendReport(): Promise<readonly BackendStatus[]> {
  return reportFrom(openers);
}
