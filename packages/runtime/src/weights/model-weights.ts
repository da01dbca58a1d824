import type { Device, Values, Weights } from '@halftone/tensor-kernels';

/** The tensors of a model by their names, as one device has them. */
export class ModelWeights {
  readonly #matrices: ReadonlyMap<string, Weights>;
  readonly #vectors: ReadonlyMap<string, Values>;

  constructor(matrices: ReadonlyMap<string, Weights>, vectors: ReadonlyMap<string, Values>) {
    this.#matrices = matrices;
    this.#vectors = vectors;
  }

  has(name: string): boolean {
    return this.#matrices.has(name) || this.#vectors.has(name);
  }

  /** A matrix that the architecture asks for: the tensor table was checked, so not to have it is a defect. */
  matrix(name: string): Weights {
    return found(name, this.#matrices.get(name));
  }

  /** A vector that the architecture asks for. */
  vector(name: string): Values {
    return found(name, this.#vectors.get(name));
  }

  optionalVector(name: string): Values | undefined {
    return this.#vectors.get(name);
  }

  release(device: Device): void {
    for (const tensor of [...this.#matrices.values(), ...this.#vectors.values()]) device.release(tensor);
  }
}

function found<Tensor>(name: string, tensor: Tensor | undefined): Tensor {
  if (tensor !== undefined) return tensor;
  throw new Error(`the architecture uses the tensor ${name} without asking for it`);
}
