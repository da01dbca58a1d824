import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGguf, type RandomAccessSource } from '../src/index';
import { golden } from './goldens';

/**
 * What every source of bytes must do. Call it once for each kind of source.
 *
 * @param make - opens a source of exactly these bytes.
 */
export function testGgufSource(kind: string, make: (bytes: Uint8Array) => Promise<RandomAccessSource>): void {
  describe(`a source: ${kind}`, () => {
    const bytes = golden('cut-model');
    let source: RandomAccessSource;
    beforeEach(async () => {
      source = await make(bytes);
    });
    afterEach(() => source.close());

    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const into = new Uint8Array(length);
      await source.read(offset, into);
      return into;
    };

    test('tells its name and length', () => {
      expect(source.name).not.toBe('');
      expect(source.byteLength).toBe(bytes.length);
    });

    test.each([
      ['the start', 0, 4],
      ['the middle', 1001, 333],
      ['the end', bytes.length - 5, 5],
      ['all', 0, bytes.length],
      ['nothing', 7, 0],
      ['nothing, at the end', bytes.length, 0],
    ])('reads %s', async (_, offset, length) => {
      expect(await read(offset, length)).toEqual(bytes.slice(offset, offset + length));
    });

    test('fills a part of a larger buffer, and nothing else of it', async () => {
      const buffer = new Uint8Array(30).fill(0xaa);
      await source.read(100, buffer.subarray(10, 20));
      expect([...buffer]).toEqual([
        ...new Uint8Array(10).fill(0xaa),
        ...bytes.slice(100, 110),
        ...new Uint8Array(10).fill(0xaa),
      ]);
    });

    test('answers several reads at a time', async () => {
      const offsets = Array.from({ length: 20 }, (_, index) => index * 100);
      const all = await Promise.all(offsets.map((offset) => read(offset, 150)));
      expect(all).toEqual(offsets.map((offset) => bytes.slice(offset, offset + 150)));
    });

    test.each([
      ['over the end', bytes.length - 3, 4],
      ['behind the end', bytes.length + 100, 1],
    ])('says `truncated` for bytes %s', async (_, offset, length) => {
      await expect(read(offset, length)).rejects.toMatchObject({
        name: 'GgufError',
        code: 'truncated',
        facts: { file: source.name },
      });
    });

    test('says `closed` once it is', async () => {
      await source.close();
      await expect(read(0, 1)).rejects.toMatchObject({ name: 'GgufError', code: 'closed' });
    });

    test('can be closed twice', async () => {
      await source.close();
      await source.close();
    });

    test('can be opened as a GGUF file, and its tensors read', async () => {
      const file = await openGguf(source);
      const [tensor] = file.tensors;
      if (tensor === undefined) throw new Error('the golden file has tensors');
      expect(await file.readTensorBytes(tensor)).toEqual(
        bytes.slice(tensor.byteOffset, tensor.byteOffset + tensor.byteLength),
      );
    });
  });
}
