import type { Embedding, EmbeddingRequest, Engine, Prompt } from '../engine/engine';
import { badField, HttpError } from './errors';

/** Texts of one request. As many as OpenAI's API takes. */
export const MAX_TEXTS = 2048;

/**
 * Several texts as vectors, in their order. So many are asked for at once as there are slots: a request with many texts fills no queue.
 *
 * @param gone - aborted when the client goes away.
 * @throws EngineError for the first text that cannot be.
 */
export async function embedTexts(
  engine: Engine,
  prompts: readonly Prompt[],
  request: Omit<EmbeddingRequest, 'prompt'>,
  gone: AbortSignal,
): Promise<readonly Embedding[]> {
  const controller = new AbortController();
  const signal = AbortSignal.any([gone, controller.signal]);
  const embeddings: Embedding[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let place = next++; place < prompts.length; place = next++) {
      const prompt = prompts[place];
      if (prompt !== undefined) embeddings[place] = await engine.embed({ prompt, ...request }, signal);
    }
  };
  try {
    await Promise.all(Array.from({ length: engine.model.slots }, work));
    return embeddings;
  } finally {
    controller.abort();
  }
}

/** @throws HttpError 400 for vectors of another length than the model's. */
export function checkDimensions({ model }: Engine, dimensions: number | null | undefined): void {
  const { embeddingLength } = model;
  if ((dimensions ?? embeddingLength) === embeddingLength) return;
  // Only models that were trained for it have their meaning in the first numbers, and no file tells that.
  throw badField('dimensions', {
    found: dimensions,
    allowed: String(embeddingLength),
    why: 'vectors of this model are not cut',
  });
}

/** The one vector of a text. @throws HttpError 400 where there is one for each token. */
export function onlyVector({ model }: Engine, { vectors: [first] }: Embedding): Float32Array {
  if (first !== undefined && model.pooling !== 'none') return first;
  throw new HttpError(400, 'this server gives a vector for each token (--pooling none): ask at /embeddings', {
    code: 'unsupported_pooling',
  });
}

/** Tokens of all texts. */
export function tokensOf(embeddings: readonly Embedding[]): number {
  return embeddings.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
}
