import { mkdirSync, readdirSync, rmSync } from 'node:fs';
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
  return prepare(await tinyModel([tensor]), { ftype: parseFtype('Q8_0') });
}

const job = { threads: 1 };

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

  it('writes the output matrix a second time where it is asked for, from the same weights', async () => {
    const output = join(folder, 'out.gguf');
    const source = await tinyModel([tinyTensor('output.weight', [256, 3]), tinyTensor('a.weight', [256, 2])]);
    const options = { ftype: parseFtype('Q8_0'), extraOutput: 'q4_0', pure: true } as const;
    await quantizeToFile(prepare(source, options), { ...job, output });
    const twice = await openGguf(await openFileSource(output));
    await quantizeToFile(prepare(source, { ...options, ftype: parseFtype('Q4_0'), extraOutput: 'iq4_nl' }), {
      ...job,
      output: `${output}.other`,
    });
    const other = await openGguf(await openFileSource(`${output}.other`));
    expect(twice.tensors.map(({ name, format }) => `${name} ${format}`)).toEqual([
      'output.weight q8_0',
      'output_extra.weight q4_0',
      'a.weight q8_0',
    ]);
    const [, extra] = twice.tensors;
    const [first] = other.tensors;
    if (extra === undefined || first === undefined) throw new Error('a tensor is missing');
    expect(await twice.readTensorBytes(extra)).toEqual(await other.readTensorBytes(first));
    await twice.close();
    await other.close();
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
    const [planned] = plan.tensors;
    if (planned === undefined) throw new Error('the plan has a tensor');
    const large = { ...planned, source: { ...planned.source, dimensions: [256, 2 ** 40] } };
    const huge = { ...rest, plan: { ...plan, tensors: [large] } };
    const work = quantizeToFile(huge, { ...job, output: join(folder, 'out.gguf') });
    await expect(work).rejects.toMatchObject({ code: 'no-space' });
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([0, -1, 1.5, NaN, Infinity, 1e9])('refuses %d threads', async (threads) => {
    const work = quantizeToFile(await prepared(), { output: join(folder, 'out.gguf'), threads });
    await expect(work).rejects.toMatchObject({ code: 'invalid-threads', facts: { found: threads } });
    expect(await readdir(folder)).toEqual([]);
  });

  it('ends half way when it is told to, and leaves an older file as it was', async () => {
    const output = join(folder, 'out.gguf');
    await writeFile(output, 'an older file');
    const names = ['blk.0.attn_q.weight', 'blk.0.attn_k.weight'];
    const model = await tinyModel(names.map((name) => tinyTensor(name, [256, 2048])));
    const controller = new AbortController();
    const written: string[] = [];
    const work = quantizeToFile(prepare(model, { ftype: parseFtype('Q8_0') }), {
      ...job,
      output,
      signal: controller.signal,
      onTensor: ({ planned }) => {
        written.push(planned.source.name);
        controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'aborted' });
    expect(written).toEqual(names.slice(0, 1));
    expect(await readFile(output, 'utf8')).toBe('an older file');
    expect(await readdir(folder)).toEqual(['out.gguf']);
  });

  it('tells what ended the work, even where cleaning up fails too', async () => {
    const damaged = await prepared((weights) => void (weights[256 * 2000] = NaN));
    const work = quantizeToFile(damaged, {
      ...job,
      output: join(folder, 'out.gguf'),
      // A folder in place of the unfinished file cannot be removed as a file.
      onProgress: () => {
        for (const name of readdirSync(folder)) {
          rmSync(join(folder, name), { recursive: true });
          mkdirSync(join(folder, name));
        }
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'not-finite' });
    expect(await readdir(folder)).not.toEqual([]);
  });
});
