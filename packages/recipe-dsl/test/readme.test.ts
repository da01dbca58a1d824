import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';
import { parseRecipe } from '../src/index';

it('the example of the README runs', async () => {
  const told = await runReadmeExample(import.meta.url);
  expect(told.split('\n')).toEqual([
    'blk.0.attn_norm.weight bf16 16 kept',
    'blk.0.attn_q.weight iq6_k 6.625 rule',
    'blk.0.ffn_up.weight iq4_kss 4.00625 rule',
    '27879424 bytes, 5.317 bits per weight',
    '',
  ]);
});

it('the recipe of the README is read', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const text = /```text\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const { rules, notes } = parseRecipe(text, 'README.md');
  expect(notes).toEqual([]);
  expect(rules.map(({ line, format }) => `${line} ${format}`)).toEqual([
    '2 iq6_k',
    '4 iq6_k',
    '5 iq4_ks',
    '5 iq4_kss',
    '6 q6_K',
  ]);
});
