import { demoModel } from '@halftone/demo-model';
import type { GgufFile } from '@halftone/gguf-io';
import { openGgufFile } from '@halftone/gguf-io/node';
import type { BackendName } from '@halftone/tensor-kernels';
import { backendReport, openDevice } from '@halftone/tensor-kernels/node';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generate, loadModel, Sampler, type Model } from '../src/index';
import { quantizedDemo } from './quantized-demo';

/**
 * How far logits may be from the reference's: the length of the difference of two rows, as a part of the length of the reference's.
 * The cache is of floats. One of binary16 rounds differences of 1e-7 up to differences of 1e-3, and layers pass those on.
 */
const MAX_FLOAT_LOGIT_ERROR = 5e-6;

/** The same for quantized weights: inputs of each product are rounded to 16 bits, at most 2e-4 of the product, layer after layer. */
const MAX_QUANTIZED_LOGIT_ERROR = 1e-3;

const text = readFileSync(demoModel.validationText, 'utf8').slice(0, 400);
const available = (await backendReport()).flatMap(({ name, isAvailable }) => (isAvailable ? [name] : []));

/** Load a model on a device, for some work. */
async function withModel<Result>(
  name: BackendName,
  file: GgufFile,
  work: (model: Model) => Promise<Result>,
): Promise<Result> {
  const device = await openDevice(name, { threads: 2 });
  const model = await loadModel(file, { device });
  try {
    return await work(model);
  } finally {
    model.close();
    await device.close();
  }
}

function promptOf(model: Model): readonly number[] {
  return Array.from(model.tokenizer.encode(text)).slice(0, 24);
}

/** The 64 most likely tokens, one after another. */
async function greedyTokens(model: Model): Promise<readonly number[]> {
  const session = model.openSession({ contextLength: 128 });
  const sampler = new Sampler({ temperature: 0 });
  const options = { prompt: promptOf(model), sampler, maxTokens: 64, endTokens: new Set<number>() };
  const tokens: number[] = [];
  for await (const event of generate(session, options)) {
    if (event.kind === 'token') tokens.push(event.token);
  }
  await session.close();
  return tokens;
}

/** For each of the tokens, the one that a model finds the most likely in its place. */
async function likeliestInstead(model: Model, tokens: readonly number[]): Promise<readonly number[]> {
  const session = model.openSession({ contextLength: 128 });
  const prompt = promptOf(model);
  const all = [...prompt, ...tokens.slice(0, -1)];
  const logits = tokens.map((_, place) => prompt.length - 1 + place);
  const [rows = []] = await session.step([{ sequence: session.createSequence(), tokens: all, logits }]);
  await session.close();
  return rows.map((row) => row.indexOf(row.reduce((most, logit) => Math.max(most, logit), -Infinity)));
}

/** The logits after each token of two texts that are read together, then after one more token of each. */
async function logitsOfTexts(model: Model): Promise<readonly Float32Array[]> {
  const session = model.openSession({ contextLength: 64, cacheFormat: 'f32' });
  const tokens = promptOf(model);
  const entries = [tokens.slice(0, 15), tokens.slice(15)].map((part) => ({
    sequence: session.createSequence(),
    tokens: part,
    logits: 'all' as const,
  }));
  const rows = (await session.step(entries)).flat();
  for (const { sequence } of entries) rows.push(...(await session.step([{ sequence, tokens: [7] }])).flat());
  await session.close();
  return rows;
}

function largestError(found: readonly Float32Array[], expected: readonly Float32Array[]): number {
  expect(found).toHaveLength(expected.length);
  const errors = expected.map((row, i) => {
    const differences = row.map((logit, token) => logit - (found[i]?.[token] ?? NaN));
    return Math.hypot(...differences) / Math.hypot(...row);
  });
  return Math.max(...errors);
}

const devices = (['wasm', 'native'] as const).map((name) => ({ name, isHere: available.includes(name) }));

describe('the demo model', () => {
  const files = new Map<'floats' | 'quantized', GgufFile>();
  const expected = new Map<GgufFile, readonly Float32Array[]>();
  /** What the reference chooses instead of each token of a text. */
  const chosenByText = new Map<string, readonly number[]>();
  const fileOf = (name: 'floats' | 'quantized'): GgufFile => {
    const file = files.get(name);
    if (file === undefined) throw new Error('beforeAll failed');
    return file;
  };

  beforeAll(async () => {
    files.set('floats', await openGgufFile(fileURLToPath(demoModel.model)));
    files.set('quantized', await quantizedDemo());
    for (const file of files.values()) {
      expected.set(file, await withModel('reference', file, logitsOfTexts));
    }
  }, 120_000);

  afterAll(async () => {
    for (const file of files.values()) await file.close();
  });

  describe.each(devices)('on $name', ({ name, isHere }) => {
    test.runIf(isHere)('in BF16, goes on with a text as on the reference', { timeout: 60_000 }, async () => {
      const tokens = await withModel(name, fileOf('floats'), greedyTokens);
      expect(tokens).toHaveLength(64);
      // The reference reads these tokens all at once, which is quicker; the first that it would not have chosen shows all the same.
      const key = tokens.join();
      const chosen =
        chosenByText.get(key) ??
        (await withModel('reference', fileOf('floats'), (model) => likeliestInstead(model, tokens)));
      chosenByText.set(key, chosen);
      expect(tokens).toEqual(chosen);
    });

    test.runIf(isHere).each([
      ['floats', MAX_FLOAT_LOGIT_ERROR],
      ['quantized', MAX_QUANTIZED_LOGIT_ERROR],
    ] as const)('%s: logits within %d of those on the reference', async (kind, tolerance) => {
      const file = fileOf(kind);
      const found = await withModel(name, file, logitsOfTexts);
      expect(largestError(found, expected.get(file) ?? [])).toBeLessThan(tolerance);
    });
  });
});
