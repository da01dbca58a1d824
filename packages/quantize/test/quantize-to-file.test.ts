import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGguf } from '@halftone/gguf-io';
import { openFileSource } from '@halftone/gguf-io/node';
import { prepare, quantizeToFile, type Prepared } from '@halftone/quantize';
import { parseFtype } from '@halftone/recipe-dsl';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tinyModel, tinyTensor } from './tiny-model';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quantize-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function prepared(weights?: (weights: Float32Array) => void): Promise<Prepared> {
  const tensor = tinyTensor('blk.0.attn_q.weight', [256, 2048]);
  weights?.(tensor.weights);
  return prepare(await tinyModel([tensor]), {
    ftype: parseFtype('Q8_0'),
    recipe: undefined,
    importanceMatrix: undefined,
    strict: false,
    allowRequantize: false,
  });
}

const job = { threads: 1, provenance: undefined };

describe('quantizeToFile', () => {
  it('puts a whole file in place of an older one, and leaves nothing else', async () => {
    const output = join(folder, 'out.gguf');
    await writeFile(output, 'an older file');
    await quantizeToFile(await prepared(), { ...job, output });
    const file = await openGguf(await openFileSource(output));
    expect(file.tensors).toMatchObject([{ name: 'blk.0.attn_q.weight', format: 'q8_0' }]);
    await file.close();
    expect(await readdir(folder)).toEqual(['out.gguf']);
  });

  it('leaves an older file as it was when the work fails half way', async () => {
    const output = join(folder, 'out.gguf');
    await writeFile(output, 'an older file');
    const damaged = await prepared((weights) => void (weights[256 * 2000] = NaN));
    await expect(quantizeToFile(damaged, { ...job, output })).rejects.toMatchObject({ code: 'not-finite' });
    expect(await readFile(output, 'utf8')).toBe('an older file');
    expect(await readdir(folder)).toEqual(['out.gguf']);
  });

  it('says before it starts that the disk has no room', async () => {
    const { plan, ...rest } = await prepared();
    const huge = { ...rest, plan: { ...plan, totals: { ...plan.totals, bytes: 1e18 } } };
    const work = quantizeToFile(huge, { ...job, output: join(folder, 'out.gguf') });
    await expect(work).rejects.toMatchObject({ code: 'no-space' });
    expect(await readdir(folder)).toEqual([]);
  });
});
