import type { Cache, CacheFormat, Device, Indices, Rotation, Values } from '@halftone/tensor-kernels';
import type { Hyperparameters } from '../metadata/hyperparameters';

/** What hands out buffers: a device, or a count of what a device would have to hand out. */
export type Allocator = Pick<Device, 'allocateValues' | 'allocateIndices' | 'allocateCache'>;

/** How large the buffers of a session are. */
export interface StepSizes {
  /** Tokens of one run, at most. */
  readonly batchSize: number;
  /** Rows of logits of one run, at most. */
  readonly outputs: number;
  /** Cells of the cache: tokens that all sequences together can hold. */
  readonly cells: number;
  /** Cells that the sequences of one run look at, counted once for each sequence, at most. */
  readonly listedCells: number;
  readonly cacheFormat: CacheFormat;
}

/** Keys and values of one layer. */
export interface LayerCache {
  readonly keys: Cache;
  readonly values: Cache;
}

/** What a run is told, written before it; T is its number of tokens, O of outputs. */
export interface StepInputs {
  /** (T) ids of tokens. */
  readonly tokens: Indices;
  /** (T) */
  readonly positions: Indices;
  /** (T) the cell that each token's key and value are put into. */
  readonly storeCells: Indices;
  /** Cells that tokens see, one list after another. */
  readonly cells: Indices;
  /** (T, 2) start and length of each token's part of `cells`. */
  readonly spans: Indices;
  /** (O) which tokens logits are wanted of. */
  readonly rows: Indices;
  /** (T) factors on queries, for models whose queries grow with the position. */
  readonly temperatures: Values | undefined;
  readonly rotation: Rotation;
  readonly layers: readonly LayerCache[];
}

/** Allocate what every run is told. */
export function allocateInputs(
  allocator: Allocator,
  model: Hyperparameters,
  rotation: Rotation,
  sizes: StepSizes,
): StepInputs {
  const { batchSize, outputs, cells, listedCells, cacheFormat } = sizes;
  const keyWidth = model.keyValueHeads * model.keyLength;
  const valueWidth = model.keyValueHeads * model.valueLength;
  return {
    tokens: allocator.allocateIndices(batchSize),
    positions: allocator.allocateIndices(batchSize),
    storeCells: allocator.allocateIndices(batchSize),
    cells: allocator.allocateIndices(listedCells),
    spans: allocator.allocateIndices(2 * batchSize),
    rows: allocator.allocateIndices(outputs),
    temperatures: model.attentionTemperature === undefined ? undefined : allocator.allocateValues(batchSize),
    rotation,
    layers: Array.from({ length: model.layers }, () => ({
      keys: allocator.allocateCache(cacheFormat, cells, keyWidth),
      values: allocator.allocateCache(cacheFormat, cells, valueWidth),
    })),
  };
}
