import type { Cache, CacheFormat, Device, Indices, Op, Program, Values } from '@halftone/tensor-kernels';
import type { Allocator } from './step-inputs';

/** Hands out buffers and programs of a device, and remembers them, so that all can be given back at once. */
export class OwnedBuffers implements Allocator {
  readonly #device: Device;
  readonly #handles: (Values | Indices | Cache | Program)[] = [];

  constructor(device: Device) {
    this.#device = device;
  }

  allocateValues(length: number): Values {
    return this.#own(this.#device.allocateValues(length));
  }

  allocateIndices(length: number): Indices {
    return this.#own(this.#device.allocateIndices(length));
  }

  allocateCache(format: CacheFormat, cells: number, width: number): Cache {
    return this.#own(this.#device.allocateCache(format, cells, width));
  }

  compile(ops: readonly Op[]): Program {
    return this.#own(this.#device.compile(ops));
  }

  release(): void {
    for (const handle of this.#handles.splice(0)) this.#device.release(handle);
  }

  #own<Handle extends Values | Indices | Cache | Program>(handle: Handle): Handle {
    this.#handles.push(handle);
    return handle;
  }
}
