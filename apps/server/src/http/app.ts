import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import type { Engine, SlotOwner } from '../engine/engine';
import { anthropicError } from './anthropic/error-body';
import { countTokens, messages } from './anthropic/messages';
import { ApiKeys } from './api-keys';
import { completion } from './completion';
import type { DoorApp, DoorContext, Doors, DoorVariables } from './context';
import { CLIENT_GONE, clientGone, faultOf, HttpError } from './errors';
import { refuseForeign } from './foreign-requests';
import { tellLog, type Log } from './log';
import { applyTemplate, detokenize, embedding, health, model, models, props, tokenize } from './native';
import { ollamaEmbed, ollamaEmbeddings } from './ollama/embed';
import { ollamaChat, ollamaGenerate } from './ollama/generate';
import { ollamaRunning, ollamaShow, ollamaTags, ollamaVersion } from './ollama/models';
import { chatCompletions } from './openai/chat';
import { completions } from './openai/completions';
import { embeddings } from './openai/embeddings';
import { openAiError } from './openai/error-body';
import { randomId } from './openai/ids';
import { openApiDocument } from './openapi';
import { showPage } from './page';
import { responses } from './responses/responses';
import { metrics, slotAction, slots } from './status';
import { wireNames, type WireNames } from './wire-names';

/** How the doors are opened. */
export interface AppOptions {
  /** Keys of which a client must have one. Everyone may come in when left out. */
  readonly apiKeys?: readonly string[];
  /** Bytes of a body at most: 16 MiB when left out. */
  readonly maxBodyBytes?: number;
  /** The host that the server listens at, by which it may be asked for: 127.0.0.1 when left out; all addresses of the machine for 0.0.0.0. */
  readonly host?: string;
  /**
   * More names by which the server may be asked for, besides `host`, localhost and its addresses: requests that name another host in their
   * Host header are refused. With API keys, and none of these, any host may be named.
   */
  readonly allowedHosts?: readonly string[];
  /** Pages of these origins may ask, as `https://example.org`. None when left out. */
  readonly corsOrigins?: readonly string[];
  /** Show the page: the chat at `/`, and the reference of the API at `/docs`. True when left out. */
  readonly webui?: boolean;
  /** Told of every request. */
  readonly log?: Log;
}

/** Threat: memory. Largest: a long conversation with its tools, some 4 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** A door: what answers requests of one kind. */
type Door = (doors: Doors, context: DoorContext) => Response | Promise<Response>;

/** A door, where it is, and what it is for. */
type Route = readonly [method: 'GET' | 'POST', path: string, door: Door, summary: string, names?: WireNames];

/** Everything that is served. */
const routes: readonly Route[] = [
  [
    'POST',
    '/v1/chat/completions',
    chatCompletions,
    'The next message of a conversation; tools, streaming.',
    wireNames.chat,
  ],
  ['POST', '/v1/completions', completions, 'Texts that go on from prompts.', wireNames.completions],
  ['POST', '/v1/embeddings', embeddings, 'Texts as vectors.', wireNames.input],
  [
    'POST',
    '/v1/responses',
    responses,
    'The next part of a conversation; nothing is stored.',
    wireNames.responses,
  ],
  ['GET', '/v1/models', models, 'The model that is served.'],
  ['GET', '/v1/models/:id', model, 'The model, by its name.'],
  [
    'POST',
    '/v1/messages',
    messages,
    'The next message of a conversation; tools, streaming.',
    wireNames.anthropic,
  ],
  [
    'POST',
    '/v1/messages/count_tokens',
    countTokens,
    'How many tokens a conversation has.',
    wireNames.anthropic,
  ],
  [
    'POST',
    '/api/chat',
    ollamaChat,
    'The next message of a conversation; tools, streaming.',
    wireNames.ollamaChat,
  ],
  ['POST', '/api/generate', ollamaGenerate, 'A text that goes on from a prompt.', wireNames.ollamaGenerate],
  ['POST', '/api/embed', ollamaEmbed, 'Texts as vectors.', wireNames.input],
  [
    'POST',
    '/api/embeddings',
    ollamaEmbeddings,
    'A text as a vector that is not normalised.',
    wireNames.ollamaGenerate,
  ],
  ['GET', '/api/tags', ollamaTags, 'The model that is served.'],
  ['GET', '/api/ps', ollamaRunning, 'The model that is loaded.'],
  ['POST', '/api/show', ollamaShow, 'What the model is.'],
  ['GET', '/api/version', ollamaVersion, 'The version of the server.'],
  ['POST', '/completion', completion, 'A text that goes on from a prompt.', wireNames.plainCompletion],
  ['POST', '/completions', completion, 'A text that goes on from a prompt.', wireNames.plainCompletion],
  ['POST', '/embedding', embedding, 'Texts as vectors, or their tokens.', wireNames.content],
  ['POST', '/embeddings', embedding, 'Texts as vectors, or their tokens.', wireNames.content],
  ['POST', '/tokenize', tokenize, 'A text in tokens.', wireNames.content],
  ['POST', '/detokenize', detokenize, 'Tokens as a text.'],
  ['POST', '/apply-template', applyTemplate, 'The prompt of a conversation as text.', wireNames.chat],
  ['GET', '/health', health, 'Whether the server is there; needs no key.'],
  ['GET', '/v1/health', health, 'Whether the server is there; needs no key.'],
  ['GET', '/props', props, 'What the server and its model are.'],
  ['GET', '/slots', slots, 'What is being worked on.'],
  ['POST', '/slots/:id', slotAction, 'A conversation saved, restored or erased.', wireNames.slot],
  ['GET', '/metrics', metrics, 'Counters and gauges for Prometheus.'],
  ['GET', '/openapi.json', openApi, 'This document.'],
];

/** Paths that need no key: whether the server is there is no secret. */
const open: ReadonlySet<string> = new Set(['/health', '/v1/health']);

/** The doors onto a model, as a function from requests to responses: for a socket, for tests, for another server to mount. */
export function createApp(engine: Engine, options: AppOptions = {}): DoorApp {
  const { apiKeys = [], maxBodyBytes = MAX_BODY_BYTES, webui = true, log } = options;
  const { host = '127.0.0.1', allowedHosts = [], corsOrigins = [] } = options;
  const app: DoorApp = new Hono<DoorVariables>();
  const doors = { engine, created: Math.floor(Date.now() / 1000) };
  app.onError((error, context) => errorResponse(faultOf(error, context.var), context));
  if (log !== undefined) app.use(tellLog(log));
  app.use(beginRequest());
  // Where there are keys, a foreign page has none.
  const hosts = apiKeys.length > 0 && allowedHosts.length === 0 ? undefined : [host, ...allowedHosts];
  app.use(refuseForeign({ origins: corsOrigins, hosts }));
  // Before keys are asked for: the page is where a user enters one, and no secret.
  const pages = webui ? showPage(app) : [];
  if (corsOrigins.length > 0) app.use(cors({ origin: corsOrigins.includes('*') ? '*' : [...corsOrigins] }));
  app.use(identify(new ApiKeys(apiKeys)));
  app.use(limitBody(maxBodyBytes));
  for (const [method, path, door, , names = {}] of routes) {
    app.on(method, path, (context) => {
      context.set('names', names);
      return door(doors, context);
    });
  }
  for (const path of [...pages, ...routes.map(([, one]) => one)]) app.all(path, refuseMethod(path));
  app.all('*', ({ req: { method, path } }) => {
    throw new HttpError(404, `there is nothing at ${method} ${path}`, { code: 'not_found' });
  });
  return app;
}

/** What is said to methods that a path does not have. */
function refuseMethod(path: string) {
  const methods = routes.filter(([, other]) => other === path).map(([method]) => method);
  // A page is only shown, and what may be asked for may be asked for without its body.
  const known = methods.length === 0 ? (['GET'] as const) : methods;
  const allow = known.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return ({ req }: Context): never => {
    throw new HttpError(405, `${req.path} knows no ${req.method}: ${allow}`, {
      code: 'method_not_allowed',
      allow,
    });
  };
}

/** `GET /openapi.json` */
function openApi(_: Doors, context: DoorContext): Response {
  return context.json(openApiDocument(routes));
}

/** What every request has: an id, which its answer tells and the log has, and a signal for when its client goes away. */
function beginRequest() {
  return async (context: DoorContext, next: () => Promise<void>): Promise<void> => {
    context.set('requestId', randomId('req_'));
    context.set('client', '');
    context.set('names', {});
    context.set('gone', goneSignal(context.req.raw.signal));
    await next();
    context.header('x-request-id', context.var.requestId);
  };
}

function goneSignal(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  signal.addEventListener('abort', () => controller.abort(clientGone()), { once: true });
  return controller.signal;
}

/** Who asks, and whether they may. */
function identify(keys: ApiKeys) {
  return async (context: DoorContext, next: () => Promise<void>): Promise<void> => {
    const owner: SlotOwner | undefined = keys.isEmpty
      ? { client: addressOf(context) }
      : keys.ownerOf(keyOf(context));
    context.set('client', owner?.client ?? '');
    context.set('folder', owner?.folder);
    if (owner === undefined && !open.has(context.req.path)) {
      throw new HttpError(401, 'the API key is missing or wrong', { code: 'invalid_api_key' });
    }
    await next();
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

function limitBody(maxSize: number): MiddlewareHandler<DoorVariables> {
  const onError = (): never => {
    throw new HttpError(413, `the body is larger than ${maxSize} bytes`, { code: 'body_too_large' });
  };
  const limit: MiddlewareHandler<DoorVariables> = bodyLimit({ maxSize, onError });
  return async (context, next) => {
    try {
      return await limit(context, next);
    } catch (error) {
      // A body that has no length is read here, and may break off.
      throw error instanceof HttpError ? error : clientGone();
    }
  };
}

/** An error in the form of the API that was asked. */
function errorResponse(error: HttpError, context: Context): Response {
  const { retryAfter, allow } = error.details;
  const { path } = context.req;
  if (error.status === CLIENT_GONE) return new Response(null, { status: CLIENT_GONE });
  if (allow !== undefined) context.header('allow', allow);
  if (retryAfter !== undefined) context.header('retry-after', String(retryAfter));
  if (path.startsWith('/v1/messages')) return context.json(anthropicError(error), error.status);
  if (path.startsWith('/api/')) return context.json({ error: error.message }, error.status);
  return context.json(openAiError(error), error.status);
}
