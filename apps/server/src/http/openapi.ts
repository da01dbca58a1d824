import { z } from 'zod';
import { countSchema, messagesSchema } from './anthropic/schema';
import { plainCompletionSchema } from './completion';
import { inputSchema } from './input-schema';
import { applyTemplateSchema, detokenizeSchema, embeddingSchema, tokenizeSchema } from './native';
import { ollamaEmbeddingsSchema, ollamaEmbedSchema } from './ollama/embed';
import { ollamaChatSchema, ollamaGenerateSchema } from './ollama/schema';
import { chatSchema } from './openai/chat-request';
import { completionSchema } from './openai/completions';
import { embeddingsSchema } from './openai/embeddings';
import { responsesSchema } from './responses/schema';
import { slotActionSchema, slotSchema } from './status';

/** The schemas of all bodies that are read. */
const bodies: Readonly<Record<string, z.ZodType>> = {
  '/v1/chat/completions': chatSchema,
  '/v1/completions': completionSchema,
  '/v1/embeddings': embeddingsSchema,
  '/v1/responses': responsesSchema,
  '/v1/messages': messagesSchema,
  '/v1/messages/count_tokens': countSchema,
  '/api/chat': ollamaChatSchema,
  '/api/generate': ollamaGenerateSchema,
  '/api/embed': ollamaEmbedSchema,
  '/api/embeddings': ollamaEmbeddingsSchema,
  '/slots/:id': slotSchema,
  '/completion': plainCompletionSchema,
  '/completions': plainCompletionSchema,
  '/embedding': embeddingSchema,
  '/embeddings': embeddingSchema,
  '/tokenize': tokenizeSchema,
  '/detokenize': detokenizeSchema,
  '/apply-template': applyTemplateSchema,
};

/** What a door answers besides. */
const more: Readonly<Record<string, object>> = {
  '/slots/:id': { 409: { description: 'The slot is being worked on; Retry-After says when to ask again.' } },
};

/** What may stand behind the `?` of a path. */
const queries: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  '/slots/:id': { action: slotActionSchema },
};

const answers = {
  200: { description: 'Done.' },
  400: { description: 'What is asked for cannot be done; the message says why.' },
  401: { description: 'The API key is missing or wrong.' },
  403: { description: 'The host or the page that asks is not one of those that may.' },
  405: { description: 'The path does not have this method; Allow says which it has.' },
  413: { description: 'The body is too large.' },
  415: { description: 'The body is compressed.' },
  429: { description: 'Too many texts wait; Retry-After says when to ask again.' },
  503: { description: 'The server is shutting down; Retry-After says when to ask again.' },
};

/** The OpenAPI document: every door, with what its body may be. */
export function openApiDocument(
  routes: readonly (readonly [method: string, path: string, door: unknown, summary: string, ...unknown[]])[],
) {
  const paths: Record<string, Record<string, object>> = {};
  for (const [method, path, , summary] of routes) {
    const body = bodies[path];
    const schema = body === undefined ? undefined : inputSchema(body);
    const parameters = parametersOf(path);
    (paths[path.replace(/:(\w+)/g, '{$1}')] ??= {})[method.toLowerCase()] = {
      summary,
      tags: [apiOf(path)],
      responses: { ...answers, ...more[path] },
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(schema === undefined
        ? {}
        : { requestBody: { required: true, content: { 'application/json': { schema } } } }),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Halftone', version: '0.1.0', description: 'A model, served.' },
    security: [{ key: [] }, {}],
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    paths,
  };
}

function parametersOf(path: string): readonly object[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(queries[path] ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: true,
    schema: z.toJSONSchema(schema),
  }));
  return [...inPath, ...inQuery];
}

/** Whose API a path belongs to. */
function apiOf(path: string): string {
  if (path.startsWith('/v1/messages')) return 'Anthropic';
  if (path.startsWith('/api/')) return 'Ollama';
  return path.startsWith('/v1/') && path !== '/v1/health' ? 'OpenAI' : 'llama.cpp';
}
