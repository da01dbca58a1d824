import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halftone } from './halftone';
import { writeTinyModel } from './tiny-model';

const demo = fileURLToPath(demoModel.model);

let folder = '';
let input = '';
let output = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halftone-compare-'));
  input = join(folder, 'in.gguf');
  output = join(folder, 'out.gguf');
  await writeTinyModel(input);
  await halftone('quantize', '--custom-q', 'attn=q4_K', input, output, 'Q8_0');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('halftone compare', () => {
  it('tells each pair of types, and the whole', async () => {
    const { code, stdout, stderr } = await halftone('compare', input, output);
    expect([code, stderr]).toEqual([0, '']);
    const [, q4, q8, all] = stdout.split('\n');
    expect(q4).toMatch(/^ +1 +f32 +q4_K +64\.0 KiB +9\.0 KiB .* in block \d+ of blk\.0\.attn_q\.weight$/);
    expect(q8).toMatch(/^ +2 +f32 +q8_0 +128\.0 KiB +34\.0 KiB /);
    expect(all).toMatch(/^ +3 +all +192\.0 KiB +43\.0 KiB /);
    expect((await halftone('compare', input, output, '--tensors')).stdout).toMatch(
      /^blk\.0\.ffn_up\.weight +f32 +q8_0/m,
    );
  });

  it('gives one JSON document, with the errors that quantizing told', async () => {
    const again = join(folder, 'again.gguf');
    const made = await halftone('quantize', '--json', '--custom-q', 'attn=q4_K', input, again, 'Q8_0');
    const told = JSON.parse(made.stdout) as { tensors: { name: string; relativeError: number }[] };
    const { stdout } = await halftone('compare', input, again, '--json');
    const { tensors, byType } = JSON.parse(stdout) as {
      tensors: { name: string; relativeError: number }[];
      byType: unknown[];
    };
    expect(byType).toHaveLength(2);
    for (const [index, { name, relativeError }] of tensors.entries()) {
      expect(name).toBe(told.tensors[index]?.name);
      expect(relativeError).toBeCloseTo(told.tensors[index]?.relativeError ?? NaN, 12);
    }
  });

  it('refuses files of other tensors, and a header alone', async () => {
    expect(await halftone('compare', input, demo)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /demo-10M-BF16\.gguf: tensor "blk\.0\.attn_q\.weight": the files do not hold the same tensors/,
      ) as unknown,
    });
    const header = join(folder, 'header.gguf');
    await writeFile(header, (await readFile(input)).subarray(0, -3 * 256 * 64 * 4));
    expect((await halftone('compare', input, header)).stderr).toMatch(/header alone/);
  });
});
