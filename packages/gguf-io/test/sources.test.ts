import { appendFile, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GgufError, MemorySource, placeInFile, type RandomAccessSource } from '../src/index';
import { openFileSource } from '../src/node';
import { JoinedSource } from '../src/source/joined';
import { testGgufSource } from './source-suite';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gguf-sources-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A source of one's own: any object with these four members is one. */
function customSource(bytes: Uint8Array): RandomAccessSource {
  let isOpen = true;
  return {
    name: 'custom',
    byteLength: bytes.length,
    async read(offset, into) {
      if (!isOpen) throw new GgufError('closed', 'closed', { file: 'custom' });
      const part = bytes.subarray(offset, offset + into.length);
      if (part.length < into.length) throw new GgufError('truncated', 'too short', { file: 'custom' });
      into.set(part);
    },
    async close() {
      isOpen = false;
    },
  };
}

testGgufSource('memory', async (bytes) => new MemorySource(bytes));
testGgufSource('custom', async (bytes) => customSource(bytes));
testGgufSource('file', async (bytes) => {
  const path = join(folder, 'model.gguf');
  await writeFile(path, bytes);
  return openFileSource(path);
});

testGgufSource('joined', async (bytes) => {
  const cuts = [0, Math.ceil(bytes.length / 3), Math.ceil(bytes.length / 2), bytes.length];
  const parts = cuts.slice(1).map((end, index) => new MemorySource(bytes.slice(cuts[index], end), 'a part'));
  return new JoinedSource(parts);
});

test('joined sources tell which of them has a byte', () => {
  const joined = new JoinedSource(
    [5, 3, 2].map((length, index) => new MemorySource(new Uint8Array(length), `part ${index}`)),
  );
  expect([0, 4, 5, 7, 8, 9].map((offset) => placeInFile(joined, offset))).toEqual([
    { name: 'part 0', offset: 0 },
    { name: 'part 0', offset: 4 },
    { name: 'part 1', offset: 0 },
    { name: 'part 1', offset: 2 },
    { name: 'part 2', offset: 0 },
    { name: 'part 2', offset: 1 },
  ]);
});

test('a path that leads nowhere', async () => {
  const path = join(folder, 'missing.gguf');
  await expect(openFileSource(path)).rejects.toMatchObject({ code: 'not-found', facts: { file: path } });
  await expect(openFileSource(join(folder, 'no', 'model.gguf'))).rejects.toMatchObject({ code: 'not-found' });
});

test('a folder is no file', async () => {
  await expect(openFileSource(folder)).rejects.toMatchObject({ code: 'not-a-file', facts: { file: folder } });
});

// Windows has no device under this name.
test.skipIf(process.platform === 'win32')('a device is no file', async () => {
  await expect(openFileSource('/dev/null')).rejects.toMatchObject({ code: 'not-a-file' });
});

test('a symbolic link is followed', async () => {
  const path = join(folder, 'blob');
  const link = join(folder, 'link.gguf');
  await writeFile(path, 'bytes');
  await symlink(path, link);
  const source = await openFileSource(link);
  expect(source.byteLength).toBe(5);
  await source.close();
});

test('a file that shrinks while it is open', async () => {
  const path = join(folder, 'shrinking');
  await writeFile(path, new Uint8Array(100));
  const source = await openFileSource(path);
  await writeFile(path, new Uint8Array(10));
  await expect(source.read(0, new Uint8Array(50))).rejects.toMatchObject({
    code: 'truncated',
    facts: { offset: 10 },
  });
  await source.close();
});

test('a file that is changed while it is read is noticed', async () => {
  const path = join(folder, 'changing.gguf');
  await writeFile(path, 'bytes');
  await utimes(path, 1_000_000, 1_000_000);
  const source = await openFileSource(path);
  await source.checkUnchanged?.();
  // Other bytes of the same length: the time tells.
  await writeFile(path, 'BYTES');
  await expect(source.checkUnchanged?.()).rejects.toMatchObject({ code: 'changed', facts: { file: path } });
  await utimes(path, 1_000_000, 1_000_000);
  await source.checkUnchanged?.();
  await appendFile(path, '!');
  await utimes(path, 1_000_000, 1_000_000);
  await expect(source.checkUnchanged?.()).rejects.toMatchObject({ code: 'changed' });
  await source.close();
});

test('the version of a file tells its bytes from others of the same name', async () => {
  const path = join(folder, 'version.gguf');
  const versions: (string | undefined)[] = [];
  for (const seconds of [1, 1, 2]) {
    await writeFile(path, 'bytes');
    await utimes(path, seconds, seconds);
    const source = await openFileSource(path);
    versions.push(source.version);
    await source.close();
  }
  expect(versions[0]).toBe(versions[1]);
  expect(versions[0]).not.toBe(versions[2]);
});
