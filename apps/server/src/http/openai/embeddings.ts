import { normalized } from '@halftone/runtime';
import { z } from 'zod';
import { readBody } from '../body';
import type { DoorContext, Doors } from '../context';
import { checkDimensions, embedTexts, MAX_TEXTS, onlyVector, tokensOf } from '../embeddings';
import { promptsField, promptsOf } from './prompts';

/** The body of `POST /v1/embeddings`. */
export const embeddingsSchema = z.looseObject({
  model: z.string().nullish(),
  input: promptsField(MAX_TEXTS),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
});

/** `POST /v1/embeddings` */
export async function embeddings({ engine }: Doors, context: DoorContext): Promise<Response> {
  const body = await readBody(context.req.raw, embeddingsSchema);
  checkDimensions(engine, body.dimensions);
  const { client } = context.var;
  const found = await embedTexts(engine, promptsOf(body.input), { client }, context.var.gone);
  const encode = body.encoding_format === 'base64' ? base64 : numbers;
  const tokens = tokensOf(found);
  return context.json({
    object: 'list',
    data: found.map((one, index) => ({
      object: 'embedding',
      index,
      embedding: encode(normalized(onlyVector(engine, one))),
    })),
    model: body.model ?? engine.model.name,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

function numbers(vector: Float32Array): number[] {
  return [...vector];
}

function base64({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
