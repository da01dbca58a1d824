import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parseRecipe } from '../src/index';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

it('the example of the README runs', async () => {
  const code = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
    cwd,
  });
  expect(stdout.split('\n')).toEqual([
    'blk.0.attn_norm.weight bf16 16 kept',
    'blk.0.attn_q.weight iq6_k 6.625 rule',
    'blk.0.ffn_up.weight iq4_kss 4.00625 rule',
    '27879424 bytes, 5.317 bits per weight',
    '',
  ]);
});

it('the recipe of the README is read', () => {
  const text = /```text\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const { rules, notes } = parseRecipe(text, 'README.md');
  expect(notes).toEqual([]);
  expect(rules.map(({ line, format }) => `${String(line)} ${format}`)).toEqual([
    '2 iq6_k',
    '4 iq6_k',
    '5 iq4_ks',
    '5 iq4_kss',
    '6 q6_K',
  ]);
});
