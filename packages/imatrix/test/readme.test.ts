import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('the example of the README runs', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const code = example.replace(
    "readFile('model.imatrix.dat')",
    "readFile('test/goldens/demo-10M-cut.imatrix.dat')",
  );
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
    cwd,
  });
  expect(stdout.split('\n')).toEqual([
    '3 entries from 455 chunks of calib.txt',
    "{ tensor: 'blk.0.ffn_gate.weight', entry: 'blk.0.ffn_up.weight' }",
    'row 5: 256 values',
    '',
  ]);
});
