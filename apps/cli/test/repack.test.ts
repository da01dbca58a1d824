import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '@optique/core/parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../src/command-line';
import { repackingOf } from '../src/commands/repack';
import { repackWords, UsageError } from '../src/quantize-words';
import { halftone } from './halftone';
import { writeTinyModel } from './tiny-model';

let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halftone-repack-'));
  await writeTinyModel(at('in.gguf'));
  await halftone('quantize', '--custom-q', 'attn=iq4_ks', at('in.gguf'), at('single.gguf'), 'Q4_K_S');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('halftone quantize --repack', () => {
  it('interleaves rows and takes them apart again, to the same file', async () => {
    // llama-quantize asks for a type.
    const repacked = await halftone(
      'quantize',
      '--repack',
      at('single.gguf'),
      at('interleaved.gguf'),
      'Q4_K_S',
      '2',
    );
    expect(repacked.code).toBe(0);
    const { stdout } = await halftone('inspect', at('interleaved.gguf'));
    expect(stdout).toMatch(/attn_q\.weight .* iq4_ks_r4 /);
    expect(stdout).toMatch(/ffn_up\.weight .* q4_k_r4 /);
    expect(stdout).toMatch(/general\.file_type +uint32 +214/);
    expect(stdout).toMatch(/quantize\.recipe +string +"attn=iq4_ks\\n"/);
    await halftone('quantize', '--unpack', at('interleaved.gguf'), at('back.gguf'));
    expect(await readFile(at('back.gguf'))).toEqual(await readFile(at('single.gguf')));
  });

  it('takes only tensors whose names match', async () => {
    const patterns = ['--repack', '--repack-pattern', 'nothing,attn_q'];
    const { stdout } = await halftone('quantize', ...patterns, '--dry-run', at('single.gguf'), at('x.gguf'));
    expect(stdout).toMatch(/attn_q\.weight .* iq4_ks_r4 .* the same weights, repacked/);
    expect(stdout).toMatch(/ffn_up\.weight .* q4_K .* kept: not named/);
  });

  it('says so where there is nothing to do', async () => {
    const run = await halftone('quantize', '--unpack', at('single.gguf'), at('x.gguf'));
    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toMatch(/nothing to unpack \(found tensors of iq4_ks, q4_K/);
  });
});

describe('repackingOf', () => {
  function asked(...options: readonly string[]): string | undefined {
    const result = parse(commandLine, ['quantize', ...options, 'in.gguf', 'out.gguf', 'Q8_0']);
    if (!result.success || result.value.command !== 'quantize') throw new Error('not understood');
    return repackingOf(result.value);
  }

  it('tells what is asked for', () => {
    expect(asked('--imatrix', 'x.dat')).toBeUndefined();
    expect(asked('--repack', '--repack-pattern', 'attn')).toBe('repack');
    expect(asked('--unpack')).toBe('unpack');
  });

  it.each([
    [['--repack', '--unpack'], /--repack and --unpack/],
    [['--repack', '--imatrix', 'x.dat'], /--repack and --imatrix/],
    [['--unpack', '--attn-q-type', 'q6_K'], /--unpack and --attn-q-type/],
    [['--repack-pattern', 'attn'], /--repack-pattern alone/],
  ])('refuses %j', (options, told) => {
    expect(() => asked(...options)).toThrow(told);
  });
});

describe('the words of halftone quantize --repack', () => {
  it.each([
    [['out.gguf'], undefined],
    [['out.gguf', 'Q4_K_S'], undefined],
    [['out.gguf', 'Q4_K_S', '3'], 3],
    [['out.gguf', '3'], 3],
  ])('%j', (words, threads) => {
    expect(repackWords(words)).toEqual({ output: 'out.gguf', threads });
  });

  it.each([[['Q4_K_S']], [['out.gguf', '3', '4']], [['out.gguf', 'Q4_K_S', 'two']]])(
    '%j makes no sense',
    (words) => {
      expect(() => repackWords(words)).toThrow(UsageError);
    },
  );
});
