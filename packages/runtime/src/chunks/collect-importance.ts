import type { ImportanceCollector } from '@halftone/imatrix';
import type { Device, Values } from '@halftone/tensor-kernels';
import type { Model } from '../model/model';
import type { Observation } from '../program/observations';
import { Session } from '../session/session';
import type { ChunkOptions, ChunkRow } from './evaluate-chunks';
import { scoredPlaces, type Chunks } from './text-chunks';

/** How importance is collected. */
export interface CollectOptions extends ChunkOptions {
  /** Also what goes into the output matrix, which costs its product for every token. */
  readonly output?: boolean;
  /** Gets what the model predicts at the places that are scored, for a perplexity beside; costs the product for their tokens. */
  readonly onLogits?: (row: ChunkRow) => void;
}

/**
 * Let a model read the chunks of a text and tell the collector the squares of what went into each matrix, chunk by chunk: a
 * chunk of the importance matrix each. Gives the number of chunks that are done after each of them, so that a matrix may be
 * saved in between.
 *
 * llama-imatrix (examples/imatrix/imatrix.cpp of ik_llama.cpp) sums in 32-bit floats and leaves out `ffn_gate` where it has
 * computed it together with `ffn_up`, whose input is the same.
 *
 * @throws RuntimeError `bad-token`, `bad-option`; ImatrixError `bad-value` where activations are not finite; the signal's reason.
 */
export async function* collectImportance(
  model: Model,
  chunks: Chunks,
  collector: ImportanceCollector,
  options: CollectOptions = {},
): AsyncGenerator<number, void, undefined> {
  const { signal, output = false, onLogits, ...rest } = options;
  const { contextLength, count } = chunks;
  const sizes = { contextLength, batchSize: contextLength, ...rest };
  const session = new Session(model, sizes, { observe: output ? 'all' : 'layers' });
  const scored = new Set(onLogits === undefined ? [] : scoredPlaces(chunks));
  const logits = output ? 'all' : [...scored];
  try {
    for (let chunk = 0; chunk < count; chunk++) {
      const sequence = session.createSequence();
      const tokens = chunks.tokens(chunk);
      for await (const row of session.rows([{ sequence, tokens, logits }], { signal })) {
        if (scored.has(row.place)) onLogits?.({ chunk, place: row.place, logits: row.logits });
      }
      sequence.close();
      for (const observation of session.observations) {
        await record(model.device, observation, contextLength, collector);
      }
      collector.endChunk();
      yield chunk + 1;
    }
  } finally {
    await session.close();
  }
}

/** Tell what was summed up since the last time, and begin anew. */
async function record(
  device: Device,
  { names, sums, hits }: Observation,
  rows: number,
  collector: ImportanceCollector,
): Promise<void> {
  const squares = await takeValues(device, sums);
  const counts = hits === undefined ? [rows] : await takeValues(device, hits);
  for (const name of names) collector.record(name, { sums: squares, counts });
}

/** What stands in a buffer, which is zero afterwards. */
async function takeValues(device: Device, buffer: Values): Promise<Float32Array> {
  const values = new Float32Array(buffer.length);
  await device.read(buffer, values);
  await device.write(buffer, new Float32Array(buffer.length));
  return values;
}
