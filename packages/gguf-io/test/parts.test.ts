import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placeInFile, tensorsOfParts } from '../src/index';
import { openGgufFile, writeParts } from '../src/node';
import { partPath } from '../src/read/parts';
import { entry, handMade, tensor, text, u32 } from './hand-made';

let folder: string;
let model: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gguf-parts-'));
  model = join(folder, 'model');
});
afterEach(() => rm(folder, { recursive: true }));

const UINT16 = 2;
const INT32 = 5;
const STRING = 8;
const u16 = (value: number) => [value & 0xff, value >> 8];
const splitKeys = (number: number, count: number, tensors: number) => [
  entry('split.no', UINT16, u16(number)),
  entry('split.count', UINT16, u16(count)),
  entry('split.tensors.count', INT32, u32(tensors)),
];

/** A part with tensors of eight floats each, of which every byte is the number of the part plus one. */
function partBytes(number: number, names: readonly string[], keys = splitKeys(number, 3, 3)): Uint8Array {
  const metadata = number === 0 ? [entry('general.name', STRING, text('whole')), ...keys] : keys;
  const tensors = names.map((name, index) => tensor(name, [8], { offset: 32 * index }));
  const dataBytes = 32 * names.length;
  const bytes = handMade({ metadata, tensors, dataBytes });
  return bytes.fill(number + 1, bytes.length - dataBytes);
}

/** Three parts, of which the first has no tensors. */
async function writeThreeParts(changed: Readonly<Record<number, Uint8Array>> = {}): Promise<string> {
  const parts = [partBytes(0, []), partBytes(1, ['a', 'b']), partBytes(2, ['c'])];
  for (const [number, bytes] of parts.entries())
    await writeFile(partPath(model, number, parts.length), changed[number] ?? bytes);
  return partPath(model, 0, parts.length);
}

test('the first part opens all of them as one file', async () => {
  const first = await writeThreeParts();
  const file = await openGgufFile(first);
  expect(file.source.name).toBe(first);
  expect([...file.metadata.keys()]).toEqual(['general.name']);
  expect(file.tensors.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(file.hasTensorData).toBe(true);
  const bytes = await Promise.all(file.tensors.map((each) => file.readTensorBytes(each)));
  expect(bytes).toEqual([2, 2, 3].map((value) => new Uint8Array(32).fill(value)));
  const places = file.tensors.map(({ byteOffset }) => placeInFile(file.source, byteOffset).name);
  expect(places).toEqual([1, 1, 2].map((number) => partPath(model, number, 3)));
  await file.close();
  await expect(file.source.read(0, new Uint8Array(1))).rejects.toMatchObject({ code: 'closed' });
});

test('a file that says it is one of one is a whole model', async () => {
  const path = join(folder, 'any name.gguf');
  await writeFile(path, partBytes(0, ['a'], splitKeys(0, 1, 1)));
  const file = await openGgufFile(path);
  expect(file.tensors).toHaveLength(1);
  await file.close();
});

test('written again by its parts, a model is the same bytes', async () => {
  const file = await openGgufFile(await writeThreeParts());
  const parts = tensorsOfParts(file);
  expect(parts).toEqual([[], ['a', 'b'], ['c']]);
  const paths = await writeParts(file, join(folder, 'copy'), parts);
  const copies = await Promise.all(paths.map((path) => readFile(path)));
  const originals = await Promise.all([0, 1, 2].map((part) => readFile(partPath(model, part, 3))));
  expect(copies).toEqual(originals);
  await file.close();
});

test('where a part cannot be written, none is in place', async () => {
  const file = await openGgufFile(await writeThreeParts());
  await expect(writeParts(file, join(folder, 'copy'), [['a'], ['no such']])).rejects.toMatchObject({
    code: 'wrong-part',
  });
  expect((await readdir(folder)).filter((name) => name.startsWith('.') || name.startsWith('copy'))).toEqual(
    [],
  );
  await file.close();
});

describe('parts that do not belong together', () => {
  test('a part that is missing is named', async () => {
    const first = await writeThreeParts();
    await rm(partPath(model, 2, 3));
    await expect(openGgufFile(first)).rejects.toMatchObject({
      code: 'not-found',
      facts: { file: partPath(model, 2, 3) },
    });
  });

  test.each([
    ['another part than the first', (first: string) => first.replace('00001-of', '00002-of')],
    ['a first part of another name', (first: string) => first.replace('-00001-of-00003', '')],
  ])('%s is not opened', async (_, nameOf) => {
    const first = await writeThreeParts();
    const path = nameOf(first);
    if (path.endsWith('model.gguf')) await rename(first, path);
    await expect(openGgufFile(path)).rejects.toMatchObject({ code: 'wrong-part', facts: { file: path } });
  });

  test.each([
    [
      'the number of another',
      { 2: partBytes(1, ['c']) },
      'wrong-part',
      /found part 2 of 3, allowed part 3 of 3/,
    ],
    ['no number', { 2: partBytes(2, ['c'], []) }, 'wrong-part', /found part without a number of 1/],
    ['another count', { 1: partBytes(1, ['a', 'b'], splitKeys(1, 4, 3)) }, 'wrong-part', /found part 2 of 4/],
    ['a tensor too few', { 1: partBytes(1, ['a']) }, 'wrong-part', /found 2, allowed 3/],
    ['a tensor of another', { 2: partBytes(2, ['a']) }, 'duplicate-tensor', /tensor "a"/],
    [
      'a count beyond all',
      { 0: partBytes(0, [], splitKeys(0, 513, 3)) },
      'over-limit',
      /found 513, allowed up to 512/,
    ],
  ])('a part with %s', async (_, changed, code, message) => {
    const first = await writeThreeParts(changed);
    const failed = openGgufFile(first);
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.toThrow(message);
  });
});
