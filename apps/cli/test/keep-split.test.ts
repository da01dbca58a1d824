import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { openGgufFile, writeParts } from '@halftone/gguf-io/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halftone } from './halftone';

let folder = '';
let first = '';
const at = (name: string) => join(folder, name);
const demo = fileURLToPath(demoModel.model);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halftone-split-'));
  const file = await openGgufFile(demo);
  const names = file.tensors.map(({ name }) => name);
  const parts = [[], names.slice(0, 40), names.slice(40)];
  [first = ''] = await writeParts(file, at('demo'), parts);
  await file.close();
});
afterAll(() => rm(folder, { recursive: true }));

describe('a model in several files', () => {
  it('is run as the whole one is', async () => {
    const perplexity = [
      'perplexity',
      '-f',
      fileURLToPath(demoModel.validationText),
      '-c',
      '128',
      '--chunks',
      '2',
    ];
    const [split, whole] = await Promise.all(
      [first, demo].map((model) => halftone(...perplexity, '-m', model)),
    );
    expect(split?.code).toBe(0);
    expect(split?.stdout.split('(')[0]).toBe(whole?.stdout.split('(')[0]);
  });

  it('is quantized into as many files, with the same weights as the whole one', async () => {
    const quantize = ['quantize', '--pure'];
    const { code, stdout } = await halftone(
      ...quantize,
      '--json',
      '--keep-split',
      first,
      at('out.gguf'),
      'Q4_0',
    );
    expect(code).toBe(0);
    const { parts } = JSON.parse(stdout) as { parts: string[] };
    expect(parts).toEqual([1, 2, 3].map((part) => at(`out-0000${part}-of-00003.gguf`)));
    await halftone(...quantize, demo, at('whole.gguf'), 'Q4_0');
    const compared = await halftone('compare', at('out-00001-of-00003.gguf'), at('whole.gguf'));
    expect(compared.stdout).toMatch(/75 +all .* none differs/);
    expect((await readdir(folder)).filter((name) => name.startsWith('out'))).toHaveLength(3);
  });

  it('is repacked into as many files', async () => {
    const quantized = at('out-00001-of-00003.gguf');
    const { code, stdout } = await halftone(
      'quantize',
      '--repack',
      '--keep-split',
      quantized,
      at('repacked.gguf'),
    );
    expect(code).toBe(0);
    expect(stdout).toContain(`${at('repacked-00003-of-00003.gguf')}: a file of `);
    const compared = await halftone('compare', quantized, at('repacked-00001-of-00003.gguf'));
    expect(compared.stdout).toMatch(/q4_0_r8 .* none differs/);
    expect((await readdir(folder)).filter((name) => name.startsWith('repacked'))).toHaveLength(3);
  });

  it('is quantized into one file where nothing else is said', async () => {
    await halftone('quantize', '--pure', first, at('one.gguf'), 'Q8_0');
    expect((await halftone('inspect', at('one.gguf'))).stdout).not.toContain('split.');
  });

  it.each([
    [
      'another part',
      () => ['inspect', first.replace('00001-of', '00002-of')],
      1,
      /its name is not that of the first/,
    ],
    [
      'the files of the source as output',
      () => ['quantize', '--keep-split', first, at('demo.gguf'), 'Q8_0'],
      2,
      /take the place of the source/,
    ],
    [
      '--only beside --keep-split',
      () => ['quantize', '--keep-split', '--only', 'x', first, at('o.gguf'), 'Q8_0'],
      2,
      /make no sense together/,
    ],
  ])('refuses %s', async (_, words, exitCode, message) => {
    const { code, stderr } = await halftone(...words());
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(message);
  });
});
