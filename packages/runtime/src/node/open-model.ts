import { openGgufFile } from '@halftone/gguf-io/node';
import type { BackendPreference, DeviceOptions } from '@halftone/tensor-kernels';
import { openDevice } from '@halftone/tensor-kernels/node';
import { loadModel, type Model } from '../model/model';
import type { SessionOptions } from '../session/options';

/** How a model is opened. */
export interface OpenModelOptions extends DeviceOptions {
  /** What does the arithmetic: the fastest that runs here when left out. */
  readonly backend?: BackendPreference;
  /** The session that is meant to be opened, for the check of memory. */
  readonly session?: SessionOptions;
  /** Bytes of memory that model and session may take. When left out, what this machine, or its container, has to give. */
  readonly availableMemory?: number;
}

/** A model with the device that was opened for it. */
export interface OpenedModel {
  readonly model: Model;
  /** Give weights and device back. Sessions must be closed before. */
  readonly close: () => Promise<void>;
}

/**
 * Open the model at `path` on a device of its own, which may map the file instead of copying it.
 *
 * @throws GgufError, KernelError and RuntimeError, as the parts do.
 */
export async function openModel(path: string, options: OpenModelOptions = {}): Promise<OpenedModel> {
  const { backend = 'auto', session = {}, availableMemory = process.availableMemory(), ...rest } = options;
  const file = await openGgufFile(path);
  try {
    const device = await openDevice(backend, rest);
    try {
      const model = await loadModel(file, { device, path, availableMemory, session });
      const close = async (): Promise<void> => {
        model.close();
        await device.close();
      };
      return { model, close };
    } catch (error) {
      await device.close();
      throw error;
    }
  } finally {
    await file.close();
  }
}
