import { describe, expect, test } from 'vitest';
import {
  ggufArray,
  metadataNumber,
  metadataNumbers,
  metadataString,
  MemorySource,
  openGguf,
  type GgufArray,
  type GgufValue,
} from '../src/index';
import { golden } from './goldens';

const file = await openGguf(new MemorySource(golden('all-types')));

function value(key: string): GgufValue['value'] | undefined {
  return file.metadata.get(key)?.value;
}

function array(key: string): GgufArray {
  const entry = file.metadata.get(key);
  if (entry?.type !== 'array') throw new Error(`${key} is no array`);
  return entry.value;
}

describe('values of each type', () => {
  test.each([
    ['t.uint8', 'uint8', 255],
    ['t.int8', 'int8', -128],
    ['t.uint16', 'uint16', 65535],
    ['t.int16', 'int16', -32768],
    ['t.uint32', 'uint32', 4294967295],
    ['t.int32', 'int32', -2147483648],
    ['t.float32', 'float32', Math.fround(0.1)],
    ['t.bool', 'bool', true],
    ['t.string', 'string', 'tiếng Việt 🙂'],
    ['t.uint64', 'uint64', 18446744073709551615n],
    ['t.int64', 'int64', -9223372036854775808n],
    ['t.float64', 'float64', 0.1],
  ])('%s', (key, type, expected) => {
    expect(file.metadata.get(key)).toEqual({ type, value: expected });
  });

  test('text that is no UTF-8 shows as such and keeps its bytes', () => {
    expect(file.metadata.get('t.string.bytes')).toEqual({
      type: 'string',
      value: 'a\uFFFD(b\0',
      exactBytes: Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0, 0x61, 0xc3, 0x28, 0x62, 0x00),
    });
  });

  test('a NaN keeps its payload', () => {
    expect(file.metadata.get('t.float32.nan')).toEqual({
      type: 'float32',
      value: NaN,
      exactBytes: Uint8Array.of(0x01, 0x02, 0xa0, 0x7f),
    });
    expect(file.metadata.get('t.float64.nan')).toMatchObject({ type: 'float64', value: NaN });
  });
});

describe('arrays', () => {
  test.each([
    ['a.uint8', 'uint8', [0, 1, 255]],
    ['a.int8', 'int8', [-128, 127]],
    ['a.uint16', 'uint16', [1, 65535]],
    ['a.int16', 'int16', [-1, 32767]],
    ['a.uint32', 'uint32', [4294967295]],
    ['a.int32', 'int32', [-1, 0, 1]],
    ['a.float32', 'float32', [-0, 1.5, NaN]],
    ['a.bool', 'bool', [true, false, true]],
    ['a.string', 'string', ['a', '', '\uFEFFå', '\uFFFD\uFFFD']],
    ['a.uint64', 'uint64', [9223372036854775808n]],
    ['a.int64', 'int64', [-1n, 1n]],
    ['a.float64', 'float64', [1e300, -Infinity]],
    ['a.empty', 'string', []],
  ])('%s', (key, elementType, expected) => {
    const view = array(key);
    expect(view.elementType).toBe(elementType);
    expect(view.length).toBe(expected.length);
    expect([...view]).toEqual(expected);
    expect(expected.map((_, index) => view.at(index))).toEqual(expected);
  });

  test.each([-1, 3, 0.5, NaN, Infinity])('have nothing at %d', (index) => {
    expect(array('a.int32').at(index)).toBeUndefined();
  });

  test('in arrays', () => {
    const [numbers, strings, nested, ...others] = array('a.nested');
    expect(others).toEqual([]);
    expect(numbers).toMatchObject({ elementType: 'int32', length: 2 });
    expect(plain(numbers)).toEqual([1, 2]);
    expect(plain(strings)).toEqual(['x']);
    expect(plain(nested)).toEqual([[true]]);
    expect(plain(array('a.nested').at(2))).toEqual([[true]]);
  });

  test('can be made', () => {
    const made = ggufArray('string', ['a', '', 'é']);
    expect([...made]).toEqual(['a', '', 'é']);
    expect(made.at(2)).toBe('é');
    expect([...ggufArray('int16', [-5, 5])]).toEqual([-5, 5]);
    expect(plain(ggufArray('array', [made, ggufArray('bool', [true])]))).toEqual([['a', '', 'é'], [true]]);
    expect([...ggufArray('uint64', [])]).toEqual([]);
  });

  test.each([
    ['a number out of range', () => ggufArray('uint8', [1, 256])],
    ['a negative unsigned number', () => ggufArray('uint32', [-1])],
    ['a fraction', () => ggufArray('int32', [1.5])],
    ['NaN as a whole number', () => ggufArray('int32', [NaN])],
    ['a large number', () => ggufArray('uint64', [2n ** 64n])],
    ['a number that a float32 cannot hold', () => ggufArray('float32', [1e300])],
    ['half of a surrogate pair', () => ggufArray('string', ['a\uD800'])],
  ])('are not made of %s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ name: 'GgufError', code: 'invalid-value' }));
  });
});

/** An array of metadata as a plain one, arrays in it too. */
function plain(element: unknown): unknown {
  if (typeof element !== 'object' || element === null || !(Symbol.iterator in element)) return element;
  return Array.from(element as Iterable<unknown>, plain);
}

test('order and unknown keys are kept', () => {
  const keys = [...file.metadata.keys()];
  expect(keys.slice(0, 3)).toEqual(['general.alignment', 't.uint8', 't.int8']);
  expect(keys.at(-1)).toBe('unknown.to.every.program');
  expect(value('unknown.to.every.program')).toBe(7);
});

describe('getters', () => {
  test('give what is there', () => {
    expect(metadataString(file.metadata, 't.string')).toBe('tiếng Việt 🙂');
    expect(metadataNumber(file.metadata, 't.uint32')).toBe(4294967295);
    expect(metadataNumber(file.metadata, 't.float64')).toBe(0.1);
    const large = new Map<string, GgufValue>([['n', { type: 'uint64', value: 2n ** 53n - 1n }]]);
    expect(metadataNumber(large, 'n')).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('give the numbers of an array, and a single number as a list of one', () => {
    expect(metadataNumbers(file.metadata, 'a.int32')).toEqual([-1, 0, 1]);
    expect(metadataNumbers(file.metadata, 'a.int64')).toEqual([-1, 1]);
    expect(metadataNumbers(file.metadata, 'a.float32')).toEqual([-0, 1.5, NaN]);
    expect(metadataNumbers(file.metadata, 't.uint16')).toEqual([65535]);
    const large = new Map<string, GgufValue>([['n', { type: 'uint64', value: 7n }]]);
    expect(metadataNumbers(large, 'n')).toEqual([7]);
    expect(metadataNumbers(large, 'missing')).toBeUndefined();
  });

  test('give no more numbers than a list of layers can have', () => {
    const numbers = (count: number): Map<string, GgufValue> =>
      new Map([['n', { type: 'array', value: ggufArray('uint8', new Uint8Array(count)) }]]);
    expect(metadataNumbers(numbers(65_536), 'n')).toHaveLength(65_536);
    expect(() => metadataNumbers(numbers(65_537), 'n')).toThrow(
      expect.objectContaining({ name: 'GgufError', code: 'over-limit' }),
    );
  });

  test('tell the file when they know it', () => {
    for (const get of [metadataNumber, metadataNumbers]) {
      expect(() => get(file.metadata, 't.string', 'x.gguf')).toThrow(/^x\.gguf: /);
    }
    expect(() => metadataString(file.metadata, 't.uint8', 'x.gguf')).toThrow(/^x\.gguf: /);
  });

  test('give nothing for a key that is not there', () => {
    expect(metadataString(file.metadata, 'missing')).toBeUndefined();
    expect(metadataNumber(file.metadata, 'missing')).toBeUndefined();
  });

  test.each([
    ['a number for text', () => metadataString(file.metadata, 't.uint8')],
    ['text for a number', () => metadataNumber(file.metadata, 't.string')],
    ['a truth value for a number', () => metadataNumber(file.metadata, 't.bool')],
    ['an array for a number', () => metadataNumber(file.metadata, 'a.int32')],
    ['text for numbers', () => metadataNumbers(file.metadata, 't.string')],
    ['texts for numbers', () => metadataNumbers(file.metadata, 'a.string')],
    ['truth values for numbers', () => metadataNumbers(file.metadata, 'a.bool')],
    ['arrays for numbers', () => metadataNumbers(file.metadata, 'a.nested')],
    ['numbers that are too large', () => metadataNumbers(file.metadata, 'a.uint64')],
    ['a number that is too large', () => metadataNumber(file.metadata, 't.uint64')],
  ])('refuse %s', (_, get) => {
    expect(get).toThrow(expect.objectContaining({ name: 'GgufError', code: 'wrong-metadata-type' }));
  });
});
