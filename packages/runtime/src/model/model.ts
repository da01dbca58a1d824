import { GgufError, type GgufFile } from '@halftone/gguf-io';
import type { Device, Rotation } from '@halftone/tensor-kernels';
import { createTokenizer, type Tokenizer } from '@halftone/tokenizer';
import { RuntimeError } from '../error';
import { rotationFrequencies, allocateRotation } from '../program/rotation';
import type { Hyperparameters } from '../metadata/hyperparameters';
import { Session } from '../session/session';
import type { SessionOptions } from '../session/options';
import { loadWeights, readVector } from '../weights/load-weights';
import type { ModelWeights } from '../weights/model-weights';
import { checkMemory } from './memory';
import { planModel, type ModelPlan } from './model-plan';

/** How a model is loaded. */
export interface LoadOptions {
  /** Where it runs. It stays the caller's, and must outlive the model. */
  readonly device: Device;
  /** The path of the file on this machine, where it has one: the device may map it instead of holding a copy. */
  readonly path?: string;
  /** Bytes of memory that the model and a session of it may take together. When left out, nothing is checked. */
  readonly availableMemory?: number;
  /** The session that is meant to be opened: what it takes is looked at before anything is loaded. */
  readonly session?: SessionOptions;
}

/**
 * Load a model: check its header, then give its tensors to the device.
 *
 * The file stays the caller's, and may be closed when the model is loaded.
 *
 * @throws RuntimeError and TokenizerError for whatever keeps it from being run, all but `not-finite` before any tensor is read; GgufError
 * `no-tensor-data` for a header alone.
 */
export async function loadModel(file: GgufFile, options: LoadOptions): Promise<Model> {
  const plan = planModel(file);
  const { device, availableMemory, session = {} } = options;
  if (availableMemory !== undefined) checkMemory(plan, session, availableMemory);
  const tokenizer = file.metadata.has('tokenizer.ggml.model')
    ? createTokenizer(file.metadata, { file: file.source.name })
    : undefined;
  refuseHeaderAlone(file);
  const rotation = await loadRotation(device, plan);
  try {
    const weights = await loadWeights(device, file, plan.tensors, options.path);
    return new Model({ plan, device, weights, rotation, tokenizer, availableMemory });
  } catch (error) {
    device.release(rotation.frequencies);
    throw error;
  }
}

/** A device that maps the file would only say that it is too short. */
function refuseHeaderAlone({ hasTensorData, tensors, source, byteLength }: GgufFile): void {
  if (hasTensorData) return;
  throw new GgufError('no-tensor-data', 'the file is a header alone', {
    file: source.name,
    tensor: tensors[0]?.name,
    found: `${byteLength} bytes`,
    allowed: `at least ${Math.max(...tensors.map((tensor) => tensor.byteOffset + tensor.byteLength))}`,
    advice: 'It can be inspected and planned; to run the model, take the whole file.',
  });
}

async function loadRotation(
  device: Device,
  { file, tensors, hyperparameters }: ModelPlan,
): Promise<Rotation> {
  const divisors = tensors.find(({ use }) => use === 'divisors');
  const values = divisors === undefined ? undefined : await readVector(file, divisors.tensor);
  const rotation = allocateRotation(device, hyperparameters);
  await device.write(rotation.frequencies, rotationFrequencies(hyperparameters.rotation, values));
  return rotation;
}

/** What a model is made of. */
interface ModelParts {
  readonly plan: ModelPlan;
  readonly device: Device;
  readonly weights: ModelWeights;
  readonly rotation: Rotation;
  readonly tokenizer: Tokenizer | undefined;
  readonly availableMemory: number | undefined;
}

/** A model whose weights a device has. */
export class Model {
  readonly plan: ModelPlan;
  readonly device: Device;
  /** @internal For its sessions. */
  readonly weights: ModelWeights;
  /** @internal For its sessions. */
  readonly rotation: Rotation;
  /** Bytes that it and a session may take together; `undefined` where nothing is checked. */
  readonly availableMemory: number | undefined;
  readonly #tokenizer: Tokenizer | undefined;

  /** @internal Use {@link loadModel}. */
  constructor({ plan, device, weights, rotation, tokenizer, availableMemory }: ModelParts) {
    this.plan = plan;
    this.device = device;
    this.weights = weights;
    this.rotation = rotation;
    this.availableMemory = availableMemory;
    this.#tokenizer = tokenizer;
  }

  /** Text to tokens and back. @throws RuntimeError `missing-key` for a file without a vocabulary. */
  get tokenizer(): Tokenizer {
    if (this.#tokenizer !== undefined) return this.#tokenizer;
    throw new RuntimeError('missing-key', 'the file has no "tokenizer.ggml.model", so it reads tokens only', {
      file: this.plan.file.source.name,
    });
  }

  /** What the metadata of its file say. */
  get hyperparameters(): Hyperparameters {
    return this.plan.hyperparameters;
  }

  /** Tokens of the vocabulary, and the length of a row of logits. */
  get vocabulary(): number {
    return this.plan.vocabulary;
  }

  /**
   * Open a session: a cache and the buffers to run with.
   *
   * @throws RuntimeError `bad-option`, `out-of-memory`; KernelError `out-of-memory`.
   */
  openSession(options: SessionOptions = {}): Session {
    return new Session(this, options);
  }

  /** Give the weights back. Its sessions must be closed before. */
  close(): void {
    this.device.release(this.rotation.frequencies);
    this.weights.release(this.device);
  }
}
