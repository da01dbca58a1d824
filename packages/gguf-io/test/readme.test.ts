import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';
import { openGgufFile } from '../src/node';
import { golden } from './goldens';

test('the example of the README runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gguf-readme-'));
  const model = join(folder, 'model.gguf');
  const renamed = join(folder, 'renamed.gguf');
  try {
    await writeFile(model, golden('cut-model'));
    const told = await runReadmeExample(import.meta.url, { 'model.gguf': model, 'renamed.gguf': renamed });
    expect(told).toMatch(/^mistral3 \{\n {2}name: 'blk\.0\.attn_k\.weight',/);
    const file = await openGgufFile(renamed);
    expect(file.metadata.get('general.name')).toEqual({ type: 'string', value: 'renamed' });
    await file.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
