import { mkdtemp, open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFileSink, openFileSource } from '../src/node';

/** A limit of a few bytes stands in for the real one, which would take gigabytes to reach. */
const LIMIT = vi.hoisted(() => 1000);
vi.mock('../src/node/call-limit', () => ({ MAX_BYTES_PER_CALL: LIMIT }));

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gguf-calls-'));
  path = join(folder, 'model.gguf');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const bytes = new Uint8Array(2 * 1024 * 1024 + 7).map((_, index) => index * 7);

/** Watches a method of every file handle. */
async function spyOn(method: 'read' | 'write') {
  const handle = await open(folder, 'r');
  await handle.close();
  return vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, method);
}

/** The lengths of the calls: the third argument of `read` and of `write`. */
function lengths(calls: readonly (readonly unknown[])[]): number[] {
  return calls.map(([, , length]) => Number(length));
}

test('the real limit is one that Node takes', async () => {
  const { MAX_BYTES_PER_CALL } =
    await vi.importActual<typeof import('../src/node/call-limit')>('../src/node/call-limit');
  expect(MAX_BYTES_PER_CALL).toBeLessThan(2 ** 31);
});

test('a long read is several calls', async () => {
  await writeFile(path, bytes);
  const source = await openFileSource(path);
  const read = await spyOn('read');
  const into = new Uint8Array(5 * LIMIT + 3);
  await source.read(11, into);
  await source.close();
  expect(lengths(read.mock.calls)).toEqual([LIMIT, LIMIT, LIMIT, LIMIT, LIMIT, 3]);
  expect(into).toEqual(bytes.slice(11, 11 + into.length));
});

test('a long write is several calls', async () => {
  const write = await spyOn('write');
  const sink = await createFileSink(path);
  await sink.write(bytes);
  await sink.finish();
  expect(Math.max(...lengths(write.mock.calls))).toBe(LIMIT);
  expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
});
