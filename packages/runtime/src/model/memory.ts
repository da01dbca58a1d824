import { bytesPerRow, formats } from '@halftone/quant-formats';
import type { Cache, CacheFormat, Indices, Values, Weights } from '@halftone/tensor-kernels';
import { RuntimeError } from '../error';
import { allocateRotation } from '../program/rotation';
import { allocateInputs, type Allocator } from '../program/step-inputs';
import { buildStep } from '../program/step-builder';
import { sessionSizes, type SessionOptions } from '../session/options';
import { weightShape } from '../weights/load-weights';
import { ModelWeights } from '../weights/model-weights';
import type { ModelPlan } from './model-plan';

/** Bytes that a model and one session need. */
export interface MemoryEstimate {
  /** Weights as they are packed. A device that maps the file needs them as page cache. */
  readonly weights: number;
  /** Keys and values. */
  readonly cache: number;
  /** Activations and logits. */
  readonly buffers: number;
  readonly total: number;
}

/** What a model and a session of it would take. Nothing is allocated. */
export function estimateMemory(plan: ModelPlan, options: SessionOptions = {}): MemoryEstimate {
  const count = new AllocationCount();
  const sizes = sessionSizes(plan, options);
  const { architecture, hyperparameters: model } = plan;
  const rotation = allocateRotation(count, model);
  const inputs = allocateInputs(count, model, rotation, sizes);
  const weights = plannedWeights(plan);
  buildStep(count, { architecture, model, weights, inputs, sizes, observations: undefined });
  const weightBytes = plan.tensors.reduce((sum, { tensor }) => sum + tensor.byteLength, 0);
  const { cache, buffers } = count;
  return { weights: weightBytes, cache, buffers, total: weightBytes + cache + buffers };
}

/** @throws RuntimeError `out-of-memory` when model and session do not fit into `available` bytes. */
export function checkMemory(plan: ModelPlan, options: SessionOptions, available: number): void {
  const estimate = estimateMemory(plan, options);
  if (estimate.total <= available) return;
  const { weights, cache, buffers } = estimate;
  throw new RuntimeError('out-of-memory', 'the model does not fit into memory', {
    file: plan.file.source.name,
    found: `${mebibytes(weights)} of weights, ${mebibytes(cache)} of cache, ${mebibytes(buffers)} of buffers`,
    allowed: `${mebibytes(available)} together`,
    advice: 'Take a shorter context, a cache of q8_0, a smaller batch, or a model of fewer bits.',
  });
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** Handles of weights that are nowhere: enough to build a step. */
function plannedWeights({ tensors }: ModelPlan): ModelWeights {
  const matrices = new Map<string, Weights>();
  const vectors = new Map<string, Values>();
  for (const { tensor, use } of tensors) {
    if (use === 'matrix') matrices.set(tensor.name, { kind: 'weights', shape: weightShape(tensor) });
    if (use === 'vector') vectors.set(tensor.name, { kind: 'values', length: tensor.dimensions[0] ?? 0 });
  }
  return new ModelWeights(matrices, vectors);
}

/** Counts what would be allocated. */
class AllocationCount implements Allocator {
  cache = 0;
  buffers = 0;

  allocateValues(length: number): Values {
    this.buffers += length * Float32Array.BYTES_PER_ELEMENT;
    return { kind: 'values', length };
  }

  allocateIndices(length: number): Indices {
    this.buffers += length * Int32Array.BYTES_PER_ELEMENT;
    return { kind: 'indices', length };
  }

  allocateCache(format: CacheFormat, cells: number, width: number): Cache {
    this.cache += cells * bytesPerRow(formats[format], width);
    return { kind: 'cache', format, cells, width };
  }
}
