import type { CacheFormat } from '@halftone/tensor-kernels';
import { RuntimeError } from '../error';
import { MAX_CONTEXT } from '../metadata/limits';
import type { ModelPlan } from '../model/model-plan';
import type { StepSizes } from '../program/step-inputs';

/** How a session is opened. */
export interface SessionOptions {
  /**
   * Tokens that the cache holds, of all sequences together. When left out, what the model was made for, but not more than 4096: the
   * cache of a model's whole context may be larger than the model.
   */
  readonly contextLength?: number;
  /** Tokens of one run, at most: 512 when left out. Longer batches are cut. */
  readonly batchSize?: number;
  /** What keys and values are stored as: `f16` when left out. */
  readonly cacheFormat?: CacheFormat;
}

const DEFAULT_CONTEXT = 4096;

/** Tokens of one run when left out: enough to keep any processor busy, and buffers of some 200 MB for a model of 24e9 weights. */
export const DEFAULT_BATCH_SIZE = 512;

/** More tokens at once make nothing faster, and buffers grow with them. */
const MAX_BATCH_SIZE = 16_384;

/** Logits of one run. More rows are asked for one part after another, so that a large vocabulary costs no large buffer. */
const LOGIT_BYTES = 32 * 1024 * 1024;

/**
 * Sequences may share cells, and each lists them for itself: answers to one question, or drafts of one text. A run has room for
 * this many lists of a whole cache; where it has not, the batch is cut into more runs.
 */
const LISTS_OF_CELLS = 4;

/** @throws RuntimeError `bad-option`. */
export function sessionSizes(
  { hyperparameters, vocabulary }: Pick<ModelPlan, 'hyperparameters' | 'vocabulary'>,
  options: SessionOptions,
): StepSizes {
  const cells = options.contextLength ?? Math.min(hyperparameters.contextLength, DEFAULT_CONTEXT);
  checkCount('contextLength', cells, MAX_CONTEXT);
  const wanted = options.batchSize ?? DEFAULT_BATCH_SIZE;
  checkCount('batchSize', wanted, MAX_BATCH_SIZE);
  const batchSize = Math.min(wanted, cells);
  const outputs = Math.max(1, Math.min(batchSize, Math.floor(LOGIT_BYTES / (4 * vocabulary))));
  const cacheFormat = options.cacheFormat ?? 'f16';
  return { batchSize, outputs, cells, listedCells: LISTS_OF_CELLS * cells, cacheFormat };
}

function checkCount(option: string, found: number, most: number): void {
  if (Number.isInteger(found) && found >= 1 && found <= most) return;
  throw new RuntimeError('bad-option', `${option} is out of range`, { found, allowed: `1 to ${most}` });
}
