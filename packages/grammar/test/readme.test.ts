import { expect, it } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';

it('the example of the README runs', async () => {
  expect(await runReadmeExample(import.meta.url)).toBe('true false\ntrue\n');
});
