import { HalftoneError } from '@halftone/errors';
import { createApp, listenAt, openEngine, type EngineError, type LogEntry } from '@halftone/server';
import { engineOptions } from '../engine-options';
import { readInputText } from '../input-file';
import { checkIfRequested, forAnswers, warnOfContext } from '../open-request';
import type { Output } from '../print/output';
import { samplingOf } from '../sampling-options';
import type { ServeRequest } from '../serve-command';
import { givenTemplate, templateVariables } from '../template-options';

/** The server could not begin. */
class ServeError extends HalftoneError<'cannot-listen' | 'no-keys'> {}

/** `halftone serve`: answer requests until a signal says that it is enough; what runs then is finished, what waits is refused. */
export async function serve(request: ServeRequest, output: Output, signal: AbortSignal): Promise<void> {
  const apiKeys = [...request.apiKeys, ...(await keysOfFile(request.apiKeyFile))];
  // An empty key is what a request without one has: a variable that is not set would open all doors.
  if (apiKeys.includes('')) throw noKeys('an API key is empty', undefined);
  // What the server did wrong is always told.
  const log = (entry: LogEntry): void => {
    if (request.log || entry.level === 'error') output.note(JSON.stringify(entry));
  };
  await checkIfRequested(request.model, request, { output, signal });
  // A server whose model is gone ends, so that who watches over it starts another.
  const failure = new AbortController();
  const onFailure = (error: EngineError): void => failure.abort(error);
  const chatTemplate = await givenTemplate(request);
  const settings = {
    ...engineOptions(forAnswers(request)),
    sampling: samplingOf(request),
    explainCache: request.explainCache,
    warmUp: request.warmUp,
    chatTemplateVariables: templateVariables(request),
    ...(chatTemplate === undefined ? {} : { chatTemplate }),
    ...(request.pooling === undefined ? {} : { pooling: request.pooling }),
    ...(request.slotSavePath === undefined ? {} : { slotSavePath: request.slotSavePath }),
  };
  const engine = await openEngine(settings, { onFailure });
  try {
    const { host, port, allowedHosts, corsOrigins, webui } = request;
    const at = host === undefined ? {} : { host };
    const app = createApp(engine, { apiKeys, ...at, allowedHosts, corsOrigins, webui, log });
    const listening = await listenAt(app, {
      ...at,
      ...(port === undefined ? {} : { port }),
    }).catch((cause: unknown) => {
      throw new ServeError('cannot-listen', 'cannot listen for requests', {
        found: cause instanceof Error ? cause.message : String(cause),
        advice: 'Choose another port with --port, or an address of this machine with --host.',
        cause,
      });
    });
    const { model } = engine;
    warnOfContext(request.model, model.contextLength, model.trainedContextLength, output);
    if (request.json) output.line(JSON.stringify({ url: listening.url, model }));
    else {
      output.line(`${model.name} at ${listening.url}`);
      output.note(
        `(${model.slots} slots of ${model.contextLength} tokens, ${model.backend}` +
          `${apiKeys.length === 0 ? ', no API key' : ''}; Ctrl-C ends it when what runs is done)`,
      );
    }
    await aborted(AbortSignal.any([signal, failure.signal]));
    if (signal.aborted) output.note('(what runs is finished, what waits is refused; once more ends at once)');
    await listening.close(engine.close());
    failure.signal.throwIfAborted();
  } finally {
    await engine.close();
  }
}

async function keysOfFile(path: string | undefined): Promise<readonly string[]> {
  if (path === undefined) return [];
  const text = await readInputText(path, 'the API keys');
  const keys = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (keys.length === 0) throw noKeys('there is no API key in the file', path);
  return keys;
}

function noKeys(what: string, file: string | undefined): ServeError {
  return new ServeError('no-keys', what, {
    ...(file === undefined ? {} : { file }),
    advice: 'Give a key, or leave the option out to open the doors to all who reach them.',
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
