import { expect, it } from 'vitest';
import { isNewEnough } from '../node-version.mjs';

it.each([
  ['20.19.0', true],
  ['20.20.2', true],
  ['22.1.0', true],
  ['100.0.0', true],
  ['20.9.0', false],
  ['20.18.3', false],
  ['9.11.2', false],
])('Node %s against 20.19: %s', (found, expected) => {
  expect(isNewEnough(found, '20.19')).toBe(expected);
});
