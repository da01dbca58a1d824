import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { openGgufFile } from '@halftone/gguf-io/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ternaryFile } from '../../../packages/gguf-io/test/ternary-file';
import { halftone } from './halftone';

const REQUANTIZE = ['quantize', '--allow-requantize'];
const ALL_TERNARY = ['--output-tensor-type', 'iq2_bn', '--token-embedding-type', 'iq2_bn'];

let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halftone-ternary-'));
  const demo = await openGgufFile(fileURLToPath(demoModel.model));
  await writeFile(at('i2_s.gguf'), await ternaryFile(demo));
  await demo.close();
  await halftone(...REQUANTIZE, ...ALL_TERNARY, at('i2_s.gguf'), at('iq2_bn.gguf'), 'IQ2_BN', '2');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A model whose matrices have one scale each, behind all codes. */
describe('a model in i2_s', () => {
  it('is inspected, with the sizes of the file', async () => {
    const { stdout } = await halftone('inspect', at('i2_s.gguf'));
    expect(stdout).toMatch(/^blk\.0\.attn_k\.weight +256 x 128 +i2_s +\d+ +8\.0 KiB$/m);
    expect(stdout).toMatch(/^i2_s +58 +10,485,760 +2\.50 MiB +2\.001$/m);
  });

  it('becomes iq2_bn without loss', async () => {
    const { stdout } = await halftone('compare', '--json', at('i2_s.gguf'), at('iq2_bn.gguf'));
    expect(JSON.parse(stdout)).toMatchObject({
      byType: [
        { typeInA: 'i2_s', typeInB: 'iq2_bn', tensors: 58, squareError: 0, cosine: 1 },
        { typeInA: 'f32', typeInB: 'f32', tensors: 17, squareError: 0, cosine: 1 },
      ],
    });
  });

  it('runs as that does', async () => {
    const text = fileURLToPath(demoModel.validationText);
    const perplexityOf = async (name: string): Promise<unknown> => {
      const options = ['-f', text, '--chunks', '1', '--check-tensors', '--json'];
      const { stdout } = await halftone('perplexity', '-m', at(name), ...options);
      return (JSON.parse(stdout) as { perplexity: number }).perplexity;
    };
    const found = await perplexityOf('i2_s.gguf');
    expect(found).toBeGreaterThan(1000);
    expect(found).toBe(await perplexityOf('iq2_bn.gguf'));
  });

  it('is not copied, and that is told before', async () => {
    const { stdout, stderr } = await halftone('plan', '--allow-requantize', at('i2_s.gguf'), 'COPY');
    expect(stdout + stderr).toMatch(
      /note: of a type that is read and not written: 58 names: token_embd\.weight \(i2_s\), /,
    );
    const refused =
      /"token_embd\.weight": tensors of i2_s are read and not written \(found 58 tensors \(COPY keeps every tensor\): token_embd\.weight, .*, …\)\. Quantize to another file type, such as IQ2_BN with --allow-requantize, and without --leave-output-tensor\.$/m;
    for (const words of [
      [...REQUANTIZE, at('i2_s.gguf'), at('copy.gguf'), 'COPY'],
      [...REQUANTIZE, '--dry-run', at('i2_s.gguf'), at('copy.gguf'), 'COPY'],
      ['plan', '--strict', at('i2_s.gguf'), 'COPY'],
    ]) {
      expect(await halftone(...words)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(refused) as unknown,
      });
    }
  });

  it('is not what an option can name', async () => {
    const demo = fileURLToPath(demoModel.model);
    const options = ['quantize', '--dry-run', '--attn-q-type', 'i2_s', demo, at('q.gguf'), 'Q4_K_M'];
    expect(await halftone(...options)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /tensors of i2_s .* \(--attn-q-type names it\): .* Name another type in --attn-q-type, such as iq2_bn\.$/m,
      ) as unknown,
    });
  });

  it('is a row of the table of types', async () => {
    const { stdout } = await halftone('formats');
    expect(stdout).toMatch(/^i2_s +36 +bn +2\.000 +128 +ignored +none +/m);
  });
});
