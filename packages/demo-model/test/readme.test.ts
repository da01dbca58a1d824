import { expect, it } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';

it('the example of the README runs', async () => {
  expect(await runReadmeExample(import.meta.url)).toMatch(
    /^8 rules, the first: .*=iq6_k\n.*demo-10M-BF16\.gguf: 21254720 bytes of GGUF\n$/,
  );
});
