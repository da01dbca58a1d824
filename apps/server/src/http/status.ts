import type { CacheDifference, EngineStatus } from '../engine/engine';
import { z } from 'zod';
import { allowedBy } from './allowed';
import { readBody } from './body';
import type { DoorContext, Doors } from './context';
import { badField } from './errors';

/**
 * `GET /slots`: what is being worked on. What is said in it is not told, but for one thing, where the engine explains its cache: the
 * client whose prompt it was sees where it went another way than a conversation of the same client.
 */
export async function slots({ engine }: Doors, context: DoorContext): Promise<Response> {
  const { slots: running, differences } = await engine.status();
  const idle = { is_processing: false };
  return context.json(
    Array.from({ length: engine.model.slots }, (_, id) => {
      const slot = running.find((one) => one.id === id);
      const difference = differences.find((one) => one.slot === id && one.client === context.var.client);
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
      const explained = difference === undefined ? {} : { cache_difference: explanation(difference) };
      return { id, n_ctx: engine.model.contextLength, ...told, ...explained };
    }),
  );
}

function explanation({ position, before, cached, prompt }: CacheDifference): object {
  return { position, before, cached, prompt };
}

/** The body of `POST /slots/:id`. */
export const slotSchema = z.looseObject({ filename: z.string().optional() });

/** What can be done with a slot. */
export const slotActionSchema = z.enum(['save', 'restore', 'erase']);

/** `POST /slots/:id?action=save|restore|erase`, as llama.cpp's server has it. */
export async function slotAction({ engine }: Doors, context: DoorContext): Promise<Response> {
  const id = context.req.param('id') ?? '';
  if (!/^\d{1,4}$/.test(id)) throw badField('id', { found: id, allowed: `0 to ${engine.model.slots - 1}` });
  const slot = Number(id);
  const asked = context.req.query('action');
  const { data: action } = slotActionSchema.safeParse(asked);
  if (action === undefined) throw badField('action', { found: asked, allowed: allowedBy(slotActionSchema) });
  if (action === 'erase') {
    return context.json({ id_slot: slot, n_erased: await engine.eraseSlot(slot, context.var.client) });
  }
  const { filename } = await readBody(context.req.raw, slotSchema);
  if (filename === undefined) throw badField('filename', { found: filename, allowed: 'a string' });
  const { client, folder } = context.var;
  const owner = { client, folder };
  if (action === 'save') {
    const { tokens, bytes, milliseconds } = await engine.saveSlot(slot, filename, owner);
    const timings = { save_ms: milliseconds };
    return context.json({ id_slot: slot, filename, n_saved: tokens, n_written: bytes, timings });
  }
  const { tokens, bytes, milliseconds } = await engine.restoreSlot(slot, filename, owner);
  const timings = { restore_ms: milliseconds };
  return context.json({ id_slot: slot, filename, n_restored: tokens, n_read: bytes, timings });
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
