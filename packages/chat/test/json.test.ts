import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, isJsonObject, isToolDefinition } from '../src/index';

describe('canonicalJson', () => {
  it('is one text, whatever the order of keys and the spaces', () => {
    expect(canonicalJson(JSON.parse('{"b": [1, {"10": 1, "9": null}], "a": "x\\u0079"}'), 4)).toBe(
      '{"a":"xy","b":[1,{"10":1,"9":null}]}',
    );
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(value, 10) ?? '')).toEqual(plain);
      }),
    );
  });

  it('is none of what is nested deeper than is looked', () => {
    expect(canonicalJson({ a: [1] }, 2)).toBe('{"a":[1]}');
    expect(canonicalJson({ a: [[]] }, 2)).toBeUndefined();
    expect(canonicalJson(JSON.parse('['.repeat(5000) + ']'.repeat(5000)), 100)).toBeUndefined();
  });
});

it('an object of JSON is neither null nor an array', () => {
  expect([{}, { a: 1 }, null, [], 'x', 1].map((value) => isJsonObject(value))).toEqual([
    ...[true, true, false, false, false, false],
  ]);
});

it('a definition of a tool is a function with a name', () => {
  expect(isToolDefinition({ type: 'function', function: { name: 'f' } })).toBe(true);
  for (const other of [{}, { function: 'f' }, { function: {} }, { function: { name: 1 } }, [], null]) {
    expect(isToolDefinition(other)).toBe(false);
  }
});
