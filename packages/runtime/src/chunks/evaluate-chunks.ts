import type { Model } from '../model/model';
import { DEFAULT_BATCH_SIZE, type SessionOptions } from '../session/options';
import { scoredPlaces, type Chunks } from './text-chunks';

/** How chunks are read. */
export interface ChunkOptions extends Pick<SessionOptions, 'batchSize' | 'cacheFormat'> {
  readonly signal?: AbortSignal;
}

/** What a model predicts after a token of a chunk. */
export interface ChunkRow {
  readonly chunk: number;
  /** Place of the token in the chunk; the row predicts the token at the next place. */
  readonly place: number;
  /** (vocabulary): valid until the next row is asked for. */
  readonly logits: Float32Array;
}

/**
 * Let a model read the chunks of a text, as many at once as fit into a batch, and give what it predicts at the places that are
 * scored, in their order. Two models are compared by asking both in turn.
 *
 * @throws RuntimeError `bad-token`, `bad-option`; KernelError `out-of-memory`; the signal's reason.
 */
export async function* evaluateChunks(
  model: Model,
  chunks: Chunks,
  options: ChunkOptions = {},
): AsyncGenerator<ChunkRow, void, undefined> {
  const { batchSize = DEFAULT_BATCH_SIZE, signal, ...rest } = options;
  const { contextLength, count } = chunks;
  const atOnce = Math.min(count, Math.max(1, Math.floor(batchSize / contextLength)));
  const session = model.openSession({ contextLength: atOnce * contextLength, batchSize, ...rest });
  const places = scoredPlaces(chunks);
  try {
    for (let first = 0; first < count; first += atOnce) {
      const batch = Array.from({ length: Math.min(atOnce, count - first) }, (_, index) => ({
        sequence: session.createSequence(),
        tokens: chunks.tokens(first + index),
        logits: places,
      }));
      for await (const { entry, place, logits } of session.rows(batch, { signal })) {
        yield { chunk: first + entry, place, logits };
      }
      for (const { sequence } of batch) sequence.close();
    }
  } finally {
    await session.close();
  }
}
