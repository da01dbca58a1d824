import { demoModel } from '@halftone/demo-model';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';

it('the example of the README runs', async () => {
  const told = await runReadmeExample(import.meta.url, { 'model.gguf': fileURLToPath(demoModel.model) });
  expect(told).toBe('assistant true\n');
});
