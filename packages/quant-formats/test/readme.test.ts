import { expect, test } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';

test('the example of the README runs', async () => {
  expect(await runReadmeExample(import.meta.url)).toMatch(
    /^280 bytes; weight 1 was 0\.84\d+ and is 0\.[89]\d+\n$/,
  );
});
