import type { Model } from '../model/model';
import { DEFAULT_BATCH_SIZE, type SessionOptions } from '../session/options';
import { scoredPlaces, type Windows } from './text-windows';

/** How windows are read. */
export interface WindowOptions extends Pick<SessionOptions, 'batchSize' | 'cacheFormat'> {
  readonly signal?: AbortSignal;
}

/** What a model predicts after a token of a window. */
export interface WindowRow {
  readonly window: number;
  /** Place of the token in the window; the row predicts the token at the next place. */
  readonly place: number;
  /** (vocabulary): valid until the next row is asked for. */
  readonly logits: Float32Array;
}

/**
 * Let a model read the windows of a text, as many at once as fit into a batch, and give what it predicts at the places that are
 * scored, in their order. Two models are compared by asking both in turn.
 *
 * @throws RuntimeError `bad-token`, `bad-option`; KernelError `out-of-memory`; the signal's reason.
 */
export async function* evaluateWindows(
  model: Model,
  windows: Windows,
  options: WindowOptions = {},
): AsyncGenerator<WindowRow, void, undefined> {
  const { batchSize = DEFAULT_BATCH_SIZE, signal, ...rest } = options;
  const { context, count } = windows;
  const atOnce = Math.min(count, Math.max(1, Math.floor(batchSize / context)));
  const session = model.openSession({ contextLength: atOnce * context, batchSize, ...rest });
  const places = scoredPlaces(windows);
  try {
    for (let first = 0; first < count; first += atOnce) {
      const batch = Array.from({ length: Math.min(atOnce, count - first) }, (_, index) => ({
        sequence: session.createSequence(),
        tokens: windows.tokens(first + index),
        logits: places,
      }));
      for await (const { entry, place, logits } of session.rows(batch, { signal })) {
        yield { window: first + entry, place, logits };
      }
      for (const { sequence } of batch) sequence.close();
    }
  } finally {
    await session.close();
  }
}
