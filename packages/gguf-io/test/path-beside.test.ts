import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathBeside } from '../src/node';

test('is the name with the suffix behind it, in the same folder', () => {
  expect(pathBeside(join('models', 'out.gguf'), '.partial')).toBe(join('models', 'out.gguf.partial'));
});

test('always fits into a file system, and tells long names apart', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 255 })
    .filter((text) => !/[/\\]/.test(text) && text !== '.' && text !== '..');
  fc.assert(
    fc.property(name, name, (one, other) => {
      const beside = pathBeside(join('folder', one), '.partial.journal');
      expect(dirname(beside)).toBe('folder');
      expect(Buffer.byteLength(basename(beside))).toBeLessThanOrEqual(255);
      if (one !== other) expect(pathBeside(join('folder', other), '.partial.journal')).not.toBe(beside);
    }),
  );
  const long = 'x'.repeat(254);
  expect(pathBeside(`${long}a`, '.partial')).not.toBe(pathBeside(`${long}b`, '.partial'));
});
