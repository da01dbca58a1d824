import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { openGgufFile } from '@halftone/gguf-io/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { halftone } from './halftone';

const demoImportance = fileURLToPath(demoModel.importanceMatrix);
const demoGguf = fileURLToPath(demoModel.model);
const words = fileURLToPath(demoModel.validationText);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halftone-imatrix-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const inFolder = (name: string): string => join(folder, name);

describe('halftone imatrix show', () => {
  it('tells the file, its tensors by kind, the one that matters most first, and its layers', async () => {
    const { code, stdout } = await halftone('imatrix', 'show', demoImportance);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/demo-10M\.imatrix\.dat: 56 entries from 455 chunks in calib\.txt$/);
    // The figures are those that llama-imatrix --show-statistics of llama.cpp prints of this file.
    expect(lines[3]).toMatch(
      /^blk\.6\.attn_k\.weight +238\.58 +0\.4257 +29\.3708 .* 100\.00 % +256 +7\.3517 +91\.90 % +1\.17 % +0\.9594$/,
    );
    expect(lines[10]).toMatch(/^blk\.0\.attn_k\.weight +1\.46 .* -$/);
    expect(stdout).toMatch(/\n +7 +347\.98 +4\.56 % +0\.8354\n$/);
  });

  it('gives one JSON document', async () => {
    const { stdout } = await halftone('imatrix', 'show', demoImportance, '--json');
    const told = JSON.parse(stdout) as { tensors: unknown[]; layers: unknown[] };
    expect(told).toMatchObject({ chunkCount: 455, datasets: ['calib.txt'] });
    expect([told.tensors.length, told.layers.length]).toEqual([56, 8]);
    expect(told.layers[0]).toEqual({
      layer: 0,
      sum: expect.any(Number) as number,
      zScoreDensity: expect.any(Number) as number,
    });
  });
});

describe('halftone imatrix convert', () => {
  it('brings a file to the GGUF form and back to the same bytes', async () => {
    const there = await halftone('imatrix', 'convert', demoImportance, inFolder('a.gguf'));
    expect(there).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('a.gguf: 56 entries from 455 chunks in calib.txt') as string,
      stderr: expect.stringContaining('512 are taken. --ctx-size ROWS says otherwise') as string,
    });
    const back = await halftone('imatrix', 'convert', inFolder('a.gguf'), inFolder('b.dat'));
    expect(back).toMatchObject({ code: 0, stderr: '' });
    expect((await readFile(inFolder('b.dat'))).equals(await readFile(demoImportance))).toBe(true);
  });

  it('takes the size of the chunks, and the form whatever the name', async () => {
    const args = ['-c', '1024', '--output-format', 'gguf', '--json'];
    const run = await halftone('imatrix', 'convert', demoImportance, inFolder('a.bin'), ...args);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toEqual({
      output: inFolder('a.bin'),
      form: 'gguf',
      entryCount: 56,
      chunkCount: 455,
      chunkSize: 1024,
      datasets: ['calib.txt'],
    });
    const file = await openGgufFile(inFolder('a.bin'));
    expect(file.metadata.get('imatrix.chunk_size')).toEqual({ type: 'uint32', value: 1024 });
    await file.close();
    const again = await halftone('imatrix', 'convert', inFolder('a.bin'), inFolder('b.dat'), '-c', '512');
    expect(again.stderr).toMatch(/a\.bin tells that its chunks have 1024 rows: --ctx-size is not used/);
  });
});

describe('halftone imatrix merge', () => {
  it('adds up what the files saw, mixed as they are, and takes an input for its output', async () => {
    const merged = inFolder('all.gguf');
    await halftone('imatrix', 'convert', demoImportance, merged);
    const run = await halftone('imatrix', 'merge', merged, merged, demoImportance);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/all\.gguf: 56 entries from 910 chunks of 512 rows in calib\.txt/);
    const { stdout } = await halftone('imatrix', 'show', merged, '--json');
    const { stdout: before } = await halftone('imatrix', 'show', demoImportance, '--json');
    const tensors = (text: string) => (JSON.parse(text) as { tensors: unknown[] }).tensors;
    expect(tensors(stdout)).toEqual(tensors(before));
  });

  it('tells entries that some of the files do not have', async () => {
    await writeFile(inFolder('one.dat'), oneEntry('blk.0.attn_k.weight', 256));
    const run = await halftone('imatrix', 'merge', inFolder('all.dat'), demoImportance, inFolder('one.dat'));
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/entries that some of the files do not have: 55 names: /);
  });
});

/** A legacy file of one entry, ones throughout. */
function oneEntry(name: string, columns: number): Uint8Array {
  const words = [1, name.length, 1, columns].map((word) => Buffer.from(Int32Array.of(word).buffer));
  const [count, nameLength, calls, values] = words;
  const ones = Buffer.from(new Float32Array(columns).fill(1).buffer);
  return Buffer.concat(
    [count, nameLength, Buffer.from(name), calls, values, ones].filter((part) => part !== undefined),
  );
}

interface BadRun {
  readonly name: string;
  readonly args: () => string[];
  readonly code?: number;
  readonly says: RegExp;
}

const badRuns: BadRun[] = [
  { name: 'a model', args: () => ['show', demoGguf], says: /the GGUF file is no importance matrix/ },
  {
    name: 'a file that is missing',
    args: () => ['show', 'missing.dat'],
    says: /cannot read the importance matrix/,
  },
  {
    name: 'an output of unknown form',
    args: () => ['convert', demoImportance, inFolder('a.imatrix')],
    code: 2,
    says: /does not tell its form.*--output-format dat/,
  },
  {
    name: 'one file to merge, whose output was forgotten',
    args: () => ['merge', inFolder('a.dat'), demoImportance],
    code: 2,
    says: /at least 2/,
  },
  {
    name: 'a merge with another model',
    args: () => ['merge', inFolder('a.dat'), demoImportance, inFolder('other.dat')],
    says: /other\.dat: tensor "blk\.0\.attn_k\.weight": .*found 512 columns, allowed 256 columns/,
  },
  {
    name: 'an output that cannot be written, before the model is opened',
    args: () => ['-m', 'no-model.gguf', '-f', demoImportance, '-o', inFolder('missing/a.dat')],
    says: /missing\/a\.dat: there is no such file or folder/,
  },
  {
    name: 'a matrix of another model to go on from, before the text is read',
    args: () => [
      ...['-m', demoGguf, '-f', words, '-o', inFolder('a.dat')],
      '--in-file',
      inFolder('other.dat'),
    ],
    says: /other\.dat: tensor "blk\.0\.attn_k\.weight": .*found 512 values, allowed 256/,
  },
  {
    name: 'a folder that is missing',
    args: () => ['convert', demoImportance, inFolder('missing/a.dat')],
    says: /missing/,
  },
];

describe('halftone imatrix fails clearly, and writes nothing', () => {
  it.each(badRuns)('$name', async ({ args, code = 1, says }) => {
    await writeFile(inFolder('other.dat'), oneEntry('blk.0.attn_k.weight', 512));
    const run = await halftone('imatrix', ...args());
    expect(run.stderr).toMatch(says);
    expect(run.stderr).not.toContain('defect');
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(await readdir(folder)).toEqual(['other.dat']);
  });
});
