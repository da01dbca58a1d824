import { expect, it } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';

it('the example of the README runs', async () => {
  expect((await runReadmeExample(import.meta.url)).split('\n')).toEqual([
    'perplexity 4.00 against 2.00',
    'mean divergence 0.173 nats per token, the same likeliest token for 0 %',
    '',
  ]);
});
