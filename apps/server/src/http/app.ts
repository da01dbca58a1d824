import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Engine } from '../engine/engine';
import { ApiKeys } from './api-keys';
import type { DoorApp, DoorContext, Doors, DoorVariables } from './context';
import { HttpError, httpErrorOf } from './errors';
import { applyTemplate, detokenize, health, model, models, props, tokenize } from './native';
import { chatCompletions } from './openai/chat';
import { completions } from './openai/completions';
import { openAiError } from './openai/error-body';
import { randomId } from './openai/ids';

/** How the doors are opened. */
export interface AppOptions {
  /** Keys of which a client must have one. Everyone may come in when left out. */
  readonly apiKeys?: readonly string[];
  /** Bytes of a body at most: 16 MiB when left out. */
  readonly maxBodyBytes?: number;
}

/** Threat: memory. Largest: a long conversation with its tools, some 4 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** A door: what answers requests of one kind. */
type Door = (doors: Doors, context: DoorContext) => Response | Promise<Response>;

/** Everything that is served. */
const routes: readonly (readonly [method: 'GET' | 'POST', path: string, door: Door])[] = [
  ['GET', '/health', health],
  ['GET', '/v1/health', health],
  ['GET', '/props', props],
  ['GET', '/v1/models', models],
  ['GET', '/v1/models/:id', model],
  ['POST', '/v1/chat/completions', chatCompletions],
  ['POST', '/v1/completions', completions],
  ['POST', '/tokenize', tokenize],
  ['POST', '/detokenize', detokenize],
  ['POST', '/apply-template', applyTemplate],
];

/** Paths that need no key: whether the server is there is no secret. */
const open: ReadonlySet<string> = new Set(['/health', '/v1/health']);

/** The doors onto a model, as a function from requests to responses: for a socket, for tests, for another server to mount. */
export function createApp(engine: Engine, options: AppOptions = {}): DoorApp {
  const app: DoorApp = new Hono<DoorVariables>();
  const doors = { engine, created: Math.floor(Date.now() / 1000) };
  app.onError((error, context) => errorResponse(httpErrorOf(error), context));
  app.notFound((context) => {
    const message = `there is nothing at ${context.req.method} ${context.req.path}`;
    return errorResponse(new HttpError(404, message, { code: 'not_found' }), context);
  });
  app.use(identify(new ApiKeys(options.apiKeys ?? [])));
  app.use(limitBody(options.maxBodyBytes ?? MAX_BODY_BYTES));
  for (const [method, path, door] of routes) app.on(method, path, (context) => door(doors, context));
  return app;
}

/** Who asks, and whether they may. */
function identify(keys: ApiKeys) {
  return async (context: DoorContext, next: () => Promise<void>): Promise<void> => {
    context.set('requestId', randomId('req_'));
    const client = keys.isEmpty ? addressOf(context) : keys.clientOf(keyOf(context));
    if (client === undefined && !open.has(context.req.path)) {
      throw new HttpError(401, 'the API key is missing or wrong', { code: 'invalid_api_key' });
    }
    context.set('client', client ?? '');
    await next();
    context.header('x-request-id', context.var.requestId);
  };
}

function keyOf(context: DoorContext): string {
  const bearer = /^Bearer (.+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  return bearer ?? context.req.header('x-api-key') ?? '';
}

/** The address on the other side of the socket, where there is a socket. */
function addressOf({ env }: Context): string {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? '';
}

function limitBody(maxSize: number) {
  const onError = (context: Context): Response =>
    errorResponse(
      new HttpError(413, `the body is larger than ${maxSize} bytes`, { code: 'body_too_large' }),
      context,
    );
  return bodyLimit({ maxSize, onError });
}

function errorResponse(error: HttpError, context: Context): Response {
  const { retryAfter } = error.details;
  if (retryAfter !== undefined) context.header('retry-after', String(retryAfter));
  return context.json(openAiError(error), error.status);
}
