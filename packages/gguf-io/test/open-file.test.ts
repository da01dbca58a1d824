import { mkdtemp, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openGgufFile } from '../src/node';
import { golden } from './goldens';

/** Every handle that was opened; one that is closed has the descriptor -1. */
const handles: FileHandle[] = vi.hoisted(() => []);
vi.mock(import('node:fs/promises'), async (importOriginal) => {
  const original = await importOriginal();
  const open: typeof original.open = async (...request) => {
    const handle = await original.open(...request);
    handles.push(handle);
    return handle;
  };
  return { ...original, open };
});

let folder: string;
let path: string;
beforeEach(async () => {
  handles.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'gguf-open-'));
  path = join(folder, 'model.gguf');
});
afterEach(() => rm(folder, { recursive: true }));

test('a file is open until it is closed', async () => {
  await writeFile(path, golden('gguf-py'));
  const file = await openGgufFile(path);
  const [first] = file.tensors;
  if (first === undefined) throw new Error('the golden file has tensors');
  expect(file.source.name).toBe(path);
  expect(await file.readTensorBytes(first)).toHaveLength(first.byteLength);
  expect(handles).toHaveLength(1);
  expect(handles[0]?.fd).toBeGreaterThan(0);
  await file.close();
  expect(handles[0]?.fd).toBe(-1);
});

test('a file whose header cannot be read is closed', async () => {
  await writeFile(path, 'text');
  await expect(openGgufFile(path)).rejects.toMatchObject({ code: 'wrong-magic', facts: { file: path } });
  expect(handles).toHaveLength(1);
  expect(handles[0]?.fd).toBe(-1);
});

test('a path that leads nowhere', async () => {
  await expect(openGgufFile(path)).rejects.toMatchObject({ code: 'not-found' });
});
