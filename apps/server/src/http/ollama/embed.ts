import { normalized } from '@halftone/runtime';
import { z } from 'zod';
import { readBody } from '../body';
import type { DoorContext, Doors } from '../context';
import { listOf } from '../lists';
import { checkDimensions, embedTexts, MAX_TEXTS, onlyVector, tokensOf } from '../embeddings';

/** The body of `POST /api/embed`. */
export const ollamaEmbedSchema = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), listOf(z.string(), { most: MAX_TEXTS })]),
  truncate: z.boolean().nullish(),
  dimensions: z.int().min(1).nullish(),
});

/** `POST /api/embed` */
export async function ollamaEmbed({ engine }: Doors, context: DoorContext): Promise<Response> {
  const began = performance.now();
  const body = await readBody(context.req.raw, ollamaEmbedSchema);
  checkDimensions(engine, body.dimensions);
  const texts = [body.input].flat().map((text) => ({ kind: 'text', text }) as const);
  const request = { client: context.var.client, mayCut: body.truncate ?? true };
  const found = await embedTexts(engine, texts, request, context.var.gone);
  return context.json({
    model: body.model,
    embeddings: found.map((one) => [...normalized(onlyVector(engine, one))]),
    total_duration: Math.round((performance.now() - began) * 1e6),
    load_duration: 0,
    prompt_eval_count: tokensOf(found),
  });
}

/** The body of `POST /api/embeddings`. */
export const ollamaEmbeddingsSchema = z.looseObject({ model: z.string(), prompt: z.string() });

/** `POST /api/embeddings`: the older door, for one text, whose vector is not normalised. */
export async function ollamaEmbeddings({ engine }: Doors, context: DoorContext): Promise<Response> {
  const { prompt } = await readBody(context.req.raw, ollamaEmbeddingsSchema);
  const request = {
    prompt: { kind: 'text', text: prompt },
    mayCut: true,
    client: context.var.client,
  } as const;
  const found = await engine.embed(request, context.var.gone);
  return context.json({ embedding: [...onlyVector(engine, found)] });
}
