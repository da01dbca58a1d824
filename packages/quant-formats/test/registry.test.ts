import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { formatById, formatNames, formats, isFormatName } from '../src';

describe('the registry', () => {
  test('is fresh', () => {
    const generator = fileURLToPath(new URL('../tools/generate-registry.mjs', import.meta.url));
    expect(() => execFileSync('node', [generator, '--check'])).not.toThrow();
  });

  test.each(Object.entries(formats))('%s stands under its own name and id', (name, format) => {
    expect(format.name).toBe(name);
    expect(formatById(format.id)).toBe(format);
  });

  test('knows names, case included, and nothing of Object.prototype', () => {
    expect(isFormatName('q6_K')).toBe(true);
    expect(isFormatName('Q6_K')).toBe(false);
    expect(isFormatName('toString')).toBe(false);
  });

  test('does not know an id that ggml has dropped', () => {
    expect(formatById(4)).toBeUndefined();
  });

  test('lists names in the order of ids', () => {
    const ids = formatNames.map((name) => formats[name].id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(Object.keys(formats).length);
  });
});
