import { mkdtemp, readdir, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFileSink } from '../src/node';
import { systemError } from './system-error';

/** What goes wrong: the code of the error, by the step that fails. */
type Step = 'open folder' | 'sync folder' | 'rename' | 'sync file' | 'remove';
const faults = new Map<Step, string>();
/** Handles of folders; one that is closed has the descriptor -1. */
const folders: FileHandle[] = [];

function mayFail(step: Step): void {
  const code = faults.get(step);
  if (code !== undefined) throw systemError(code);
}

vi.mock(import('node:fs/promises'), async (importOriginal) => {
  const original = await importOriginal();
  const failingSync = (handle: FileHandle, step: Step): FileHandle => {
    const sync = handle.sync.bind(handle);
    handle.sync = async () => {
      mayFail(step);
      await sync();
    };
    return handle;
  };
  const open: typeof original.open = async (path, ...others) => {
    const isFolder = (await original.stat(path).catch(() => undefined))?.isDirectory() === true;
    if (isFolder) mayFail('open folder');
    const handle = await original.open(path, ...others);
    if (isFolder) folders.push(handle);
    return failingSync(handle, isFolder ? 'sync folder' : 'sync file');
  };
  const rename: typeof original.rename = async (...paths) => {
    mayFail('rename');
    await original.rename(...paths);
  };
  const remove: typeof original.rm = async (...request) => {
    mayFail('remove');
    await original.rm(...request);
  };
  return { ...original, open, rename, rm: remove };
});

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gguf-replace-'));
  path = join(folder, 'out.gguf');
  await writeFile(path, 'older');
});
afterEach(async () => {
  faults.clear();
  folders.length = 0;
  await rm(folder, { recursive: true });
});

/** Replace the older file by a new one. */
async function replace(): Promise<void> {
  const sink = await createFileSink(path);
  await sink.write(Buffer.from('new'));
  await sink.finish();
}

// On Windows no folder is opened, so that nothing of this can fail there.
describe.skipIf(process.platform === 'win32')('the folder is flushed', () => {
  test('and closed', async () => {
    await replace();
    expect(folders).toHaveLength(1);
    expect(folders[0]?.fd).toBe(-1);
  });

  test.each(['EINVAL', 'ENOTSUP', 'EPERM', 'EACCES'])('or not, where it says %s', async (code) => {
    for (const step of ['open folder', 'sync folder'] as const) {
      faults.clear();
      faults.set(step, code);
      await replace();
      expect(await readFile(path, 'utf8')).toBe('new');
      expect(await readdir(folder)).toEqual(['out.gguf']);
    }
  });

  test('a failure to open it leaves an older file untouched', async () => {
    faults.set('open folder', 'EIO');
    await expect(replace()).rejects.toMatchObject({ code: 'input-output', facts: { file: path } });
    expect(await readFile(path, 'utf8')).toBe('older');
    expect(await readdir(folder)).toEqual(['out.gguf']);
  });

  test('a failure to flush it is told; the new file is in place and whole', async () => {
    faults.set('sync folder', 'EIO');
    await expect(replace()).rejects.toMatchObject({ code: 'input-output', facts: { file: path } });
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['out.gguf']);
    expect(folders[0]?.fd).toBe(-1);
  });

  test('a failure to rename closes it', async () => {
    faults.set('rename', 'EIO');
    await expect(replace()).rejects.toMatchObject({ code: 'input-output' });
    expect(await readFile(path, 'utf8')).toBe('older');
    expect(await readdir(folder)).toEqual(['out.gguf']);
    expect(folders[0]?.fd).toBe(-1);
  });
});

test('a failure to clean up does not hide why', async () => {
  faults.set('sync file', 'ENOSPC').set('remove', 'EIO');
  await expect(replace()).rejects.toMatchObject({ code: 'no-space' });
  expect((await stat(path)).size).toBe('older'.length);
  faults.clear();
});
