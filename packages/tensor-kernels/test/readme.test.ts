import { expect, test } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';

test('the example of the README runs', async () => {
  expect(await runReadmeExample(import.meta.url)).toMatch(
    /^(native|wasm): .*\n4608 bytes, relative error 0\.00\d+\n$/,
  );
});
