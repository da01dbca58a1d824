import { expect, it } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';

it('the example of the README runs, and the page has what a server needs', async () => {
  const told = await runReadmeExample(import.meta.url);
  // The names of two files end with a hash of what is in them.
  const lines = told
    .trimEnd()
    .replace(/-[\w-]{8}\./g, '-HASH.')
    .split('\n')
    .sort();
  expect(lines).toEqual([
    '/ text/html; charset=utf-8 false',
    '/assets/index-HASH.css text/css; charset=utf-8 true',
    '/assets/index-HASH.js text/javascript; charset=utf-8 true',
    '/icon.svg image/svg+xml false',
  ]);
});
