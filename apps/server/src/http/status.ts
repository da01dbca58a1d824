import type { EngineStatus } from '../engine/engine';
import type { DoorContext, Doors } from './context';

/** `GET /slots`: what is being worked on. What is said in it is not told. */
export async function slots({ engine }: Doors, context: DoorContext): Promise<Response> {
  const { slots: running } = await engine.status();
  const idle = { is_processing: false };
  return context.json(
    Array.from({ length: engine.model.slots }, (_, id) => {
      const slot = running[id];
      const told =
        slot === undefined
          ? idle
          : {
              is_processing: true,
              state: slot.isReading ? 'reading' : 'writing',
              n_prompt_tokens: slot.promptTokens,
              n_prompt_tokens_cached: slot.cachedTokens,
              n_prompt_tokens_processed: slot.readTokens,
              n_decoded: slot.writtenTokens,
            };
      return { id, n_ctx: engine.model.contextLength, ...told };
    }),
  );
}

/** `GET /metrics`, for Prometheus, by the names of llama.cpp's server, which dashboards know. */
export async function metrics({ engine }: Doors, context: DoorContext): Promise<Response> {
  const lines = metricsOf(await engine.status()).flatMap(([type, name, help, value]) => [
    `# HELP llamacpp:${name} ${help}`,
    `# TYPE llamacpp:${name} ${type}`,
    `llamacpp:${name} ${value}`,
  ]);
  return context.body(`${lines.join('\n')}\n`, 200, { 'content-type': 'text/plain; version=0.0.4' });
}

type Metric = readonly [type: 'counter' | 'gauge', name: string, help: string, value: number];

function metricsOf(status: EngineStatus): readonly Metric[] {
  const readSeconds = status.readingMilliseconds / 1000;
  const writeSeconds = status.writingMilliseconds / 1000;
  const rate = (tokens: number, seconds: number): number => (seconds > 0 ? tokens / seconds : 0);
  const used = status.cells - status.freeCells;
  return [
    ['counter', 'prompt_tokens_total', 'Tokens of prompts that were read.', status.readTokens],
    ['counter', 'prompt_tokens_cached_total', 'Tokens of prompts that the cache held.', status.cachedTokens],
    ['counter', 'prompt_seconds_total', 'Time that reading took.', readSeconds],
    ['counter', 'tokens_predicted_total', 'Tokens that were written.', status.writtenTokens],
    ['counter', 'tokens_predicted_seconds_total', 'Time that writing took.', writeSeconds],
    ['counter', 'n_decode_total', 'Steps of the model.', status.steps],
    ['gauge', 'prompt_tokens_seconds', 'Tokens read in a second.', rate(status.readTokens, readSeconds)],
    [
      'gauge',
      'predicted_tokens_seconds',
      'Tokens written in a second.',
      rate(status.writtenTokens, writeSeconds),
    ],
    ['gauge', 'kv_cache_usage_ratio', 'Share of the cache in use.', used / status.cells],
    ['gauge', 'kv_cache_tokens', 'Tokens in the cache.', used],
    ['gauge', 'requests_processing', 'Requests that are worked on.', status.slots.length],
    ['gauge', 'requests_deferred', 'Requests that wait for a slot.', status.waiting],
  ];
}
