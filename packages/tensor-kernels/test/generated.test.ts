import { formatNames, formats } from '@halftone/quant-formats';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the C++ descriptions are what quant-formats says', () => {
  const tool = fileURLToPath(new URL('../tools/generate-descriptions.mjs', import.meta.url));
  expect(() => execFileSync(process.execPath, [tool, '--check'], { stdio: 'pipe' })).not.toThrow();
});

/** Types of activations, which no file holds. */
const withoutKernels: readonly string[] = ['q8_1', 'q8_K'];

test('all formats have kernels but those that are known to have none', () => {
  const missing = formatNames.filter((name) => {
    const single = formats[name].interleaved?.single.name ?? name;
    return !existsSync(new URL(`../native/formats/${single}.hpp`, import.meta.url));
  });
  expect(missing.toSorted()).toEqual(withoutKernels.toSorted());
});
