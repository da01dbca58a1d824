import { describe, expect, it } from 'vitest';
import { keysOf, pointerOf } from '../src/json/pointer';

describe('a JSON pointer behind #', () => {
  it.each<readonly [pointer: string, keys: readonly string[]]>([
    ['#', []],
    ['#/$defs/a', ['$defs', 'a']],
    ['#/a~1b/m~0n', ['a/b', 'm~n']],
    ['#/~01', ['~1']],
    ['#/', ['']],
  ])('%s is written and read', (pointer, keys) => {
    expect(pointerOf(keys)).toBe(pointer);
    expect(keysOf(pointer)).toEqual(keys);
  });

  it('stands in a URI: what is malformed there means itself', () => {
    expect(keysOf('#/a%20b/%7')).toEqual(['a b', '%7']);
  });

  it('is no name and no address', () => {
    expect(keysOf('#name')).toBeUndefined();
    expect(keysOf('https://example.org/x')).toBeUndefined();
  });
});
