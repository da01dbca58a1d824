import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveDemo, type DemoServer } from './demo-engine';
import { valuesOf, type ValueSchema } from './schema-values';

/** How many requests, and from which seed: set them to try more, or to try again what failed. */
const COUNT = Number(process.env['HALFTONE_RANDOM_REQUESTS'] ?? 1000);
const SEED = Number(process.env['HALFTONE_RANDOM_SEED'] ?? 1);

/** Requests that are under way at once: more than there are slots. */
const AT_ONCE = 6;

/** Nothing that is asked for here takes so long, however busy the machine. */
const PATIENCE = 60_000;

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: ValueSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: ValueSchema }>> };
}

interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

let folder: string;
let server: DemoServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'halftone-'));
  server = await serveDemo({ slots: 4, contextLength: 4096, slotSavePath: folder, explainCache: true });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Requests to one door, as the document describes it; some have a field that it does not know. */
function requestsTo(method: string, pattern: string, operation: Operation): fc.Arbitrary<RandomRequest> {
  const schema = operation.requestBody?.content['application/json']?.schema;
  const places = (operation.parameters ?? []).map((parameter) => ({
    ...parameter,
    values:
      parameter.in === 'path'
        ? fc.constantFrom('0', '1', '3', '4', '-1', 'x', '..', '%2e%2e', '0'.repeat(9), 'demo')
        : valuesOf(parameter.schema),
  }));
  const body = schema === undefined ? fc.constant(undefined) : valuesOf(schema);
  const extra = fc.option(fc.record({ nonsense: fc.jsonValue() }), { freq: 4 });
  return fc.tuple(body, extra, ...places.map(({ values }) => values)).map(([base, added, ...values]) => {
    const queries = new URLSearchParams();
    let target = pattern;
    places.forEach(({ name, in: where }, index) => {
      if (where === 'query') queries.set(name, String(values[index]));
      else target = target.replace(`{${name}}`, String(values[index]));
    });
    const whole = typeof base === 'object' && base !== null ? { ...base, ...(added as object | null) } : base;
    return { method, path: queries.size === 0 ? target : `${target}?${queries.toString()}`, body: whole };
  });
}

async function randomRequests(): Promise<readonly RandomRequest[]> {
  const response = await fetch(`${server.url}/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, Operation>> };
  const doors = Object.entries(paths).flatMap(([pattern, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      requestsTo(method.toUpperCase(), pattern, operation),
    ),
  );
  // What has a body has more to be tried.
  const weighted = doors.map((arbitrary, index) => ({
    arbitrary,
    weight: Object.values(paths).flatMap(Object.values<Operation>)[index]?.requestBody === undefined ? 1 : 6,
  }));
  return fc.sample(fc.oneof(...weighted), { numRuns: COUNT, seed: SEED });
}

/** What is wrong about the answer to a request; nothing, if all is well. */
async function ask({ method, path: target, body }: RandomRequest): Promise<{
  readonly wrong: string | undefined;
  readonly isGood: boolean;
}> {
  const response = await fetch(`${server.url}${target}`, {
    method,
    signal: AbortSignal.timeout(PATIENCE),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { wrong: fault(response.status, await response.text()), isGood: response.ok };
}

function fault(status: number, text: string): string | undefined {
  if (status >= 500) return `${status} ${text}`;
  // Streams have begun with 200 when something fails.
  if (/server_error|api_error/.test(text)) return `an error in the stream: ${text}`;
  if (status < 400) return undefined;
  const { error } = JSON.parse(text) as { error?: string | { message?: string } };
  const reason = typeof error === 'string' ? error : error?.message;
  return /\S/.test(reason ?? '') ? undefined : `${status} without a reason`;
}

it(
  `${COUNT} random requests to all doors are answered with 2xx, or with 4xx and a reason`,
  { timeout: 20 * PATIENCE },
  async () => {
    const requests = [...(await randomRequests())];
    const answers = { good: 0, refused: 0 };
    const work = async (): Promise<void> => {
      for (let one = requests.shift(); one !== undefined; one = requests.shift()) {
        const { wrong, isGood } = await ask(one).catch((error: unknown) => ({
          wrong: String(error),
          isGood: false,
        }));
        expect(wrong, `seed ${SEED}: ${JSON.stringify(one)}`).toBeUndefined();
        answers[isGood ? 'good' : 'refused']++;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    // Neither is everything refused, nor is nothing.
    expect(Math.min(answers.good, answers.refused)).toBeGreaterThan(COUNT / 8);
    const inUse = async () => {
      const { slots, waiting } = await server.engine.status();
      return slots.length + waiting;
    };
    await expect.poll(inUse, { timeout: PATIENCE }).toBe(0);
    const body = JSON.stringify({ prompt: 'Once', max_tokens: 2 });
    expect((await fetch(`${server.url}/v1/completions`, { method: 'POST', body })).status).toBe(200);
  },
);
