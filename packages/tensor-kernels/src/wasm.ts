import { KernelError } from './error';
import { kernelBackend } from './kernels';
import type { BackendOpeners } from './open';
import { startWasm } from './wasm-kernels';

/** The module, beside the sources and beside what is built of them. */
const moduleUrl = new URL('../wasm/halftone-kernels.wasm', import.meta.url);

/**
 * How to open the WebAssembly backend, given how to read the module.
 *
 * The opener throws a {@link KernelError} `unavailable` when the module cannot be read or does not run here.
 */
export function wasmOpener(
  readModule: (url: URL) => Promise<Uint8Array<ArrayBuffer>>,
): BackendOpeners['wasm'] {
  return async (reason) => {
    const module = await readModule(moduleUrl).catch((cause: unknown) => {
      throw new KernelError('unavailable', 'the WebAssembly module cannot be read', {
        file: moduleUrl.href,
        cause,
      });
    });
    return kernelBackend('wasm', await startWasm(module), '128-bit SIMD', reason);
  };
}
