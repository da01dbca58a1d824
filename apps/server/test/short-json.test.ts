import { describe, expect, it } from 'vitest';
import { shortJson } from '../src/http/short-json';

describe('a value that was found', () => {
  it.each<readonly [value: unknown, told: string]>([
    [undefined, 'nothing'],
    [null, 'null'],
    [Infinity, 'Infinity'],
    [{ a: [1, { b: 'c' }], d: true }, '{"a":[1,{"b":"c"}],"d":true}'],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], '[1,2,3,4,5,6,7,8,9,10]'],
    [
      { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9 },
      '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9}',
    ],
    [{ a: { b: { c: { d: { e: 1 } } } } }, '{"a":{"b":{"c":{"d":{"e":1}}}}}'],
  ])('that is short is told whole: %j', (value, told) => {
    expect(shortJson(value)).toBe(told);
  });

  it.each<readonly [what: string, value: unknown, told: string]>([
    ['a text', 'x'.repeat(1000), `"${'x'.repeat(79)}… (1000 characters)`],
    ['a list', Array.from({ length: 1000 }, () => 1), `[${'1,'.repeat(39)}1… (1000 elements)`],
    ['an object', { ['x'.repeat(1000)]: 1 }, `{"${'x'.repeat(78)}…`],
    ['a text within an object', { a: 'x'.repeat(1000) }, `{"a":"${'x'.repeat(74)}…`],
  ])('that is long is told by its beginning: %s', (_, value, told) => {
    expect(shortJson(value)).toBe(told);
  });
});
