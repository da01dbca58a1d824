import { expect, test } from 'vitest';
import { JsonMatcher, type JsonSchema } from '../src/index';

/** Schemas that lead to ever more of the same: each is a choice of lists of the next. */
function lists(depth: number, option: (next: string, place: number) => JsonSchema): JsonSchema {
  const definitions: Record<string, JsonSchema> = { [`s${depth}`]: { type: 'null' } };
  for (let level = 0; level < depth; level++) {
    const next = `#/$defs/s${level + 1}`;
    definitions[`s${level}`] = { anyOf: [0, 1, 2].map((place) => option(next, place)) };
  }
  return { $ref: '#/$defs/s0', $defs: definitions };
}

test('choices that are the same count once', () => {
  const schema = lists(40, (next) => ({ type: 'array', items: { $ref: next } }));
  const matcher = new JsonMatcher(schema);
  for (let level = 0; level < 30; level++) expect(matcher.accept('[')).toBe(true);
  expect(matcher.closing()).toBe(']'.repeat(30));
});

test('choices of choices without end are refused', () => {
  const schema = lists(40, (next, place) => ({ type: 'array', items: { $ref: next }, maxItems: 9 + place }));
  const matcher = new JsonMatcher(schema);
  const write = (): void => {
    for (let level = 0; level < 30; level++) matcher.accept('[');
  };
  expect(write).toThrow(expect.objectContaining({ code: 'bad-grammar' }));
});

test('of many values, each may come, and nothing else', () => {
  const values = Array.from({ length: 50_000 }, (_, place) => `value ${place}`);
  for (const value of ['value 0', 'value 49999']) {
    const matcher = new JsonMatcher({ enum: values });
    expect(matcher.accept(JSON.stringify(value))).toBe(true);
    expect(matcher.isComplete).toBe(true);
  }
  const matcher = new JsonMatcher({ enum: values });
  expect(matcher.allows('"value 50000"')).toBe(false);
  // A vocabulary is tried whole where the first choices are not allowed.
  for (let token = 0; token < 100_000; token++) matcher.allows(`"valu${token}`);
  expect(matcher.accept('"val')).toBe(true);
  expect(matcher.closing()).toBe('ue 0"');
});

test('objects of many properties, and lists that are never long enough', () => {
  const names = Array.from({ length: 5000 }, (_, place) => `name ${place}`);
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'null' }]));
  const matcher = new JsonMatcher({ type: 'object', properties, required: names });
  expect(matcher.accept('{"name 4999": null, "name 0"')).toBe(true);
  expect(matcher.accept(': 1')).toBe(false);
  const endless = new JsonMatcher({ type: 'array', minItems: 1e9, items: { type: 'null' } });
  expect(endless.accept('[null, ')).toBe(true);
  expect(endless.closing()).toBeUndefined();
});

test('choices that lead to each other without a letter between are refused, however small', () => {
  const options = (title: string): JsonSchema => ({
    title,
    anyOf: [{ $ref: '#/$defs/a', minLength: 1 }, { $ref: '#/$defs/b' }],
    maxLength: title.length,
  });
  const schema = { $ref: '#/$defs/a', $defs: { a: options('x'), b: options('yy') } };
  expect(() => new JsonMatcher(schema)).toThrow(expect.objectContaining({ code: 'bad-grammar' }));
});

test('what says nothing of values is not carried into each option', () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 2000 }, (_, place) => [`d${place}`, { description: 'x'.repeat(500) }]),
  );
  const anyOf = Array.from({ length: 300 }, (_, place) => ({ const: place, title: `option ${place}` }));
  const matcher = new JsonMatcher({ $defs, anyOf });
  expect(matcher.accept('299')).toBe(true);
  expect(matcher.isComplete).toBe(true);
});

test('letters of two halves stand in values and names', () => {
  const matcher = new JsonMatcher({ type: 'object', properties: { '👍': { enum: ['👎🏽', 'ok'] } } });
  expect(matcher.accept('{"👍": "👎')).toBe(true);
  expect(matcher.allows('🏿"}')).toBe(false);
  expect(matcher.accept('🏽"}')).toBe(true);
  expect(matcher.isComplete).toBe(true);
});
