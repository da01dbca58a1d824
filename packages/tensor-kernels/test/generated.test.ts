import { formatNames } from '@halftone/quant-formats';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the C++ descriptions are what quant-formats says', () => {
  const tool = fileURLToPath(new URL('../tools/generate-descriptions.mjs', import.meta.url));
  expect(() => execFileSync(process.execPath, [tool, '--check'], { stdio: 'pipe' })).not.toThrow();
});

/** Encoded and decoded by the reference, and decoded when a device loads them. */
const withoutKernels: readonly string[] = ['q4_0', 'q4_1', 'q5_1', 'q4_K', 'q5_K'];

test('all formats have kernels but those that are known to have none', () => {
  const missing = formatNames.filter(
    (name) => !existsSync(new URL(`../native/formats/${name}.hpp`, import.meta.url)),
  );
  expect(missing).toEqual(withoutKernels);
});
