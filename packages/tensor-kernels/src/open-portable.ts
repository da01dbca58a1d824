import type { Backend } from './backend';
import { nativeNeedsNode, openFrom, reportFrom, type BackendOpeners, type BackendStatus } from './open';
import { referenceBackend } from './reference';
import { wasmOpener } from './wasm';
import { fetchModule } from './wasm-module';

const openers: BackendOpeners = {
  native: nativeNeedsNode,
  wasm: wasmOpener(fetchModule),
  reference: referenceBackend,
};

/**
 * Open a backend where there may be no Node: WebAssembly, or else the reference. The module is fetched from beside this file.
 *
 * @throws {@link KernelError} `unavailable` when the backend asked for by name does not run here.
 */
export function openBackend(preference: 'auto' | 'wasm' | 'reference' = 'auto'): Promise<Backend> {
  return openFrom(openers, preference, 'name');
}

/** For each backend, whether it runs here, and if not why. */
export function backendReport(): Promise<readonly BackendStatus[]> {
  return reportFrom(openers);
}
