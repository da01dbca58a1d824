import { kernelBackend } from './kernels';
import type { BackendOpeners } from './open';
import { wasmKernels } from './wasm-kernels';
import { startModule, type ModuleReader } from './wasm-module';

/**
 * How to open the WebAssembly backend, given how to read the module.
 *
 * The opener throws a `KernelError` `unavailable` when the module cannot be read or does not run here.
 */
export function wasmOpener(readModule: ModuleReader): BackendOpeners['wasm'] {
  return async (reason) =>
    kernelBackend('wasm', wasmKernels(await startModule(readModule)), '128-bit SIMD', reason);
}
