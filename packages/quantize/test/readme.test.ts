import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { expect, it } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';

it('the example of the README runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quantize-readme-'));
  try {
    const told = await runReadmeExample(import.meta.url, {
      'model-BF16.gguf': fileURLToPath(demoModel.model),
      'model-IQ4_NL.gguf': join(folder, 'out.gguf'),
    });
    expect(told).toMatch(/^\d\.\d{3} bits per weight\ntoken_embd\.weight iq4_nl \d\.\d\de-3\n/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
