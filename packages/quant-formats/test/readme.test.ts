import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import * as library from '../src';

test('the example of the README runs', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const script = example.replace(
    /^import (\{.*\}) from '@halftone\/quant-formats';$/m,
    'const $1 = library;',
  );
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  runInNewContext(script, { library, console: { log }, Float32Array, Uint8Array });
  expect(lines).toEqual([expect.stringMatching(/^280 bytes; weight 1 was 0\.84\d+ and is 0\.[89]\d+$/)]);
});
