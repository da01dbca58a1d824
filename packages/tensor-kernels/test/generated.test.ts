import { formatNames } from '@halftone/quant-formats';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the C++ descriptions are what quant-formats says', () => {
  const tool = fileURLToPath(new URL('../tools/generate-descriptions.mjs', import.meta.url));
  expect(() => execFileSync(process.execPath, [tool, '--check'], { stdio: 'pipe' })).not.toThrow();
});

test.each(formatNames)('%s has kernels', (name) => {
  expect(existsSync(new URL(`../native/formats/${name}.hpp`, import.meta.url))).toBe(true);
});
