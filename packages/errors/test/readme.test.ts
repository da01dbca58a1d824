import { expect, it } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';

it('the example of the README runs', async () => {
  expect(await runReadmeExample(import.meta.url)).toBe(
    'unknown-type mix.recipe\nmix.recipe: no such type (found iq4_ksx). Did you mean iq4_ks?\n',
  );
});
