import { expect, test } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';

test('the example of the README runs', async () => {
  expect(await runReadmeExample(import.meta.url)).toBe(' a great and stronger of the world. The world is');
});
