import { group, merge, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { map, multiple, optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { command, constant, flag, option } from '@optique/core/primitives';
import { choice, integer, string } from '@optique/core/valueparser';
import { poolings } from '@halftone/runtime';
import { json } from './json-option';
import { modelFile, running } from './model-options';
import { sampling } from './sampling-options';
import { templates } from './template-options';

const MAX_PORT = 65_535;

const serving = group(
  'Serving',
  object({
    host: optional(
      option('--host', string({ metavar: 'ADDRESS' }), {
        description: message`Where to listen: 127.0.0.1, this machine alone, if not given.`,
      }),
    ),
    port: optional(
      option('--port', integer({ min: 0, max: MAX_PORT }), {
        description: message`8080 if not given; 0: any that is free.`,
      }),
    ),
    apiKeys: multiple(
      option('--api-key', string({ metavar: 'KEY' }), {
        description: message`A key that opens the doors. May be repeated. Without any, they are open to all who reach them.`,
      }),
    ),
    apiKeyFile: optional(
      option('--api-key-file', string({ metavar: 'FILE' }), {
        description: message`Keys, one a line: other users of this machine see what stands on a command line.`,
      }),
    ),
    allowedHosts: multiple(
      option('--allowed-host', string({ metavar: 'NAME' }), {
        description: message`A name by which this server may be asked for, besides localhost and --host. May be repeated. Without API keys, requests to other names are refused: pages of other sites could have sent them.`,
      }),
    ),
    corsOrigins: multiple(
      option('--cors-origin', string({ metavar: 'ORIGIN' }), {
        description: message`Pages of this origin may ask, such as https://example.org. May be repeated; none may if not given.`,
      }),
    ),
    webui: withDefault(
      map(
        flag('--no-webui', {
          description: message`Serve no page: without this, there is a chat at / and the reference of the API at /docs.`,
        }),
        (isOff) => !isOff,
      ),
      true,
    ),
    log: withDefault(
      flag('--log', {
        description: message`Write a line of JSON to stderr for every request: what was asked, never what was said.`,
      }),
      false,
    ),
  }),
);

const scheduling = group(
  'Conversations',
  object({
    slots: optional(
      option('-np', '--parallel', integer({ min: 1, max: 256, metavar: 'SLOTS' }), {
        description: message`Requests that are worked on at once: 4 if not given.`,
      }),
    ),
    contextSize: optional(
      option('-c', '--ctx-size', integer({ min: 1, metavar: 'TOKENS' }), {
        description: message`Tokens of the conversations in all slots together; each has its share. 8192 for each slot if not given, or what the model was made for.`,
      }),
    ),
    keptTokens: optional(
      option('--cache-tokens', integer({ min: 0, metavar: 'TOKENS' }), {
        description: message`Tokens beyond that are kept of conversations that nobody works on now. 0 if not given: those in free slots are kept anyway.`,
      }),
    ),
    pooling: optional(
      option('--pooling', choice(poolings, { metavar: 'POOLING' }), {
        description: message`How texts become vectors at /v1/embeddings: the ${'mean'} of their tokens, the first (${'cls'}) or the ${'last'} one, ${'none'} for a vector of each. As the model was made for if not given, or else the mean.`,
      }),
    ),
    slotSavePath: optional(
      option('--slot-save-path', string({ metavar: 'FOLDER' }), {
        description: message`Where POST /slots/0?action=save puts conversations, and restore takes them from. Neither is done if not given.`,
      }),
    ),
    explainCache: withDefault(
      flag('--explain-cache', {
        description: message`GET /slots tells where a prompt stopped matching what was kept: the first token that differs, with the texts. Each client sees its own alone.`,
      }),
      false,
    ),
    warmUp: withDefault(
      map(
        flag('--no-warmup', {
          description: message`Listen before the weights are in memory: without this, a token is read first.`,
        }),
        (isOff) => !isOff,
      ),
      true,
    ),
    maxWaiting: optional(
      option('--queue', integer({ min: 0, metavar: 'TEXTS' }), {
        description: message`Texts that may wait for a slot; more are refused, but clients of whom few wait may add theirs. 256 if not given.`,
      }),
    ),
  }),
);

/** `halftone serve`. */
export const serve = command(
  'serve',
  merge(
    object({ command: constant('serve') }),
    modelFile,
    serving,
    scheduling,
    templates,
    sampling,
    running,
    json,
  ),
  {
    brief: message`Serve a model over HTTP, by the APIs that clients and agents speak.`,
    footer: message`Example: halftone serve -m model.gguf -c 32768 -np 2 --port 8080`,
  },
);

/** What `halftone serve` was asked for. */
export type ServeRequest = InferValue<typeof serve>;
