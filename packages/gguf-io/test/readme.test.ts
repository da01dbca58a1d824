import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openGguf } from '../src/index';
import { openFileSource } from '../src/node';
import { golden } from './goldens';

test('the example of the README runs', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'gguf-readme-'));
  const renamed = join(folder, 'renamed.gguf');
  try {
    await writeFile(join(folder, 'model.gguf'), golden('cut-model'));
    const code = example
      .replace("'model.gguf'", JSON.stringify(join(folder, 'model.gguf')))
      .replace("'renamed.gguf'", JSON.stringify(renamed));
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd });
    expect(stdout).toMatch(/^mistral3 \{\n {2}name: 'blk\.0\.attn_k\.weight',/);
    const file = await openGguf(await openFileSource(renamed));
    expect(file.metadata.get('general.name')).toEqual({ type: 'string', value: 'renamed' });
    await file.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
