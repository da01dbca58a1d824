import { formatNames, formats } from '@halftone/quant-formats';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the C++ descriptions are what quant-formats says', () => {
  const tool = fileURLToPath(new URL('../tools/generate-descriptions.mjs', import.meta.url));
  expect(() => execFileSync(process.execPath, [tool, '--check'], { stdio: 'pipe' })).not.toThrow();
});

/** Encoded and decoded by the reference, as all formats of interleaved rows are, and decoded when a device loads them. */
const withoutKernels: readonly string[] = [
  ...['mxfp4', 'iq2_kl'],
  ...['tq1_0', 'tq2_0', 'q1_0', 'q2_0', 'nvfp4', 'iq1_bn', 'iq2_bn', 'q8_KV', 'q8_1', 'q8_K'],
];

test('all formats have kernels but those that are known to have none', () => {
  const missing = formatNames.filter(
    (name) =>
      formats[name].interleaved === undefined &&
      !existsSync(new URL(`../native/formats/${name}.hpp`, import.meta.url)),
  );
  expect(missing.toSorted()).toEqual(withoutKernels.toSorted());
});
