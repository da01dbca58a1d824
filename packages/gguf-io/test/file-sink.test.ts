import {
  chmod,
  open,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GgufWriter, MemorySource, openGguf, type GgufHeader } from '../src/index';
import { createFileSink, openGgufFile } from '../src/node';
import { fileError } from '../src/node/file-error';
import { golden } from './goldens';
import { systemError } from './system-error';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gguf-sink-'));
  path = join(folder, 'out.gguf');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const older = 'an older file';

/** The class of file handles, which Node does not export. */
async function fileHandlePrototype(): Promise<FileHandle> {
  const handle = await open(folder, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

describe('a finished file', () => {
  test('has all bytes, in order, whatever the size of the pieces', async () => {
    const sizes = [1, 5, 1024 * 1024, 3, 2 * 1024 * 1024 + 1, 1024 * 1024 - 1, 2, 0];
    const pieces = sizes.map((size, index) => new Uint8Array(size).map((_, at) => index * 31 + at));
    const sink = await createFileSink(path);
    for (const piece of pieces) await sink.write(piece);
    await sink.finish();
    expect(Buffer.compare(await readFile(path), Buffer.concat(pieces))).toBe(0);
    expect(await readdir(folder)).toEqual(['out.gguf']);
  });

  test('takes the place of an older one, and not before it is finished', async () => {
    await writeFile(path, older);
    const sink = await createFileSink(path);
    await sink.write(Buffer.from('new'));
    expect(await readFile(path, 'utf8')).toBe(older);
    expect(await readdir(folder)).toHaveLength(2);
    await sink.finish();
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  test('may be the file that it is made of', async () => {
    await writeFile(path, golden('cut-model'));
    const file = await openGgufFile(path);
    const metadata = new Map(file.metadata).set('general.name', { type: 'string', value: 'renamed' });
    const writer = await GgufWriter.open(await createFileSink(path), {
      ...file,
      tensors: file.tensors,
      version: 3,
      metadata,
    });
    for (const tensor of file.tensors) await writer.write(await file.readTensorBytes(tensor));
    await writer.finish();
    await file.close();
    const written = await openGgufFile(path);
    expect(written.metadata.get('general.name')).toEqual({ type: 'string', value: 'renamed' });
    expect(written.byteLength).toBe(writer.byteLength);
    await written.close();
  });

  test('can no longer be written or given up', async () => {
    const sink = await createFileSink(path);
    await sink.finish();
    await sink.abort();
    await expect(sink.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'closed' });
    await expect(sink.finish()).rejects.toMatchObject({ code: 'closed' });
    expect(await readdir(folder)).toEqual(['out.gguf']);
  });
});

test('a name as long as a file system takes is no trouble', async () => {
  const long = join(folder, `${'x'.repeat(250)}.gguf`);
  const sink = await createFileSink(long);
  await sink.write(Buffer.from('new'));
  await sink.finish();
  expect(await readFile(long, 'utf8')).toBe('new');
});

describe('a file that is given up', () => {
  test('leaves nothing behind', async () => {
    const sink = await createFileSink(path);
    await sink.write(new Uint8Array(10));
    await sink.abort();
    await sink.abort();
    expect(await readdir(folder)).toEqual([]);
  });

  test('leaves an older one as it was', async () => {
    await writeFile(path, older);
    const writer = await GgufWriter.open(
      await createFileSink(path),
      await openGguf(new MemorySource(golden('version-2'))),
    );
    await writer.abort();
    expect(await readFile(path, 'utf8')).toBe(older);
    expect(await readdir(folder)).toEqual(['out.gguf']);
  });
});

describe('a target that cannot be', () => {
  test('its folder is missing', async () => {
    const missing = join(folder, 'no', 'out.gguf');
    await expect(createFileSink(missing)).rejects.toMatchObject({
      code: 'not-found',
      facts: { file: missing },
    });
  });

  test('its folder is a file', async () => {
    await writeFile(path, older);
    await expect(createFileSink(join(path, 'out.gguf'))).rejects.toMatchObject({ code: 'not-found' });
  });

  test('it is a folder', async () => {
    await mkdir(path);
    await expect(createFileSink(path)).rejects.toMatchObject({ code: 'not-a-file', facts: { file: path } });
    expect(await readdir(folder)).toEqual(['out.gguf']);
  });

  // Windows has no device under this name.
  test.skipIf(process.platform === 'win32')('it is a device', async () => {
    await expect(createFileSink('/dev/null')).rejects.toMatchObject({ code: 'not-a-file' });
  });
});

describe('permissions', () => {
  // The superuser may write anywhere, so that only others can see this one.
  test.skipIf(process.getuid?.() === 0)('a folder, or an older file, that is read-only', async () => {
    await writeFile(path, older, { mode: 0o444 });
    await expect(createFileSink(path)).rejects.toMatchObject({ code: 'no-permission' });
    await chmod(folder, 0o555);
    await expect(createFileSink(join(folder, 'new.gguf'))).rejects.toMatchObject({ code: 'no-permission' });
    await chmod(folder, 0o755);
  });

  test.each(['EACCES', 'EPERM', 'EROFS'])('%s is `no-permission`, and keeps its cause', (systemCode) => {
    const cause = systemError(systemCode);
    expect(fileError(cause, path)).toMatchObject({ code: 'no-permission', cause, facts: { file: path } });
  });
});

const bigHeader: GgufHeader = {
  version: 3,
  metadata: new Map(),
  tensors: [{ name: 'w', dimensions: [1024, 1024], format: 'f32' }],
};

describe('what the operating system says becomes a typed error, with nothing left behind', () => {
  test.each([
    ['ENOSPC', 'no-space'],
    ['EDQUOT', 'no-space'],
    ['EFBIG', 'no-space'],
    ['EROFS', 'no-permission'],
    ['EIO', 'input-output'],
  ])('%s while writing', async (systemCode, code) => {
    await writeFile(path, older);
    vi.spyOn(await fileHandlePrototype(), 'write').mockRejectedValue(systemError(systemCode));
    const writer = await GgufWriter.open(await createFileSink(path), bigHeader);
    await expect(writer.write(new Uint8Array(4 * 1024 * 1024))).rejects.toMatchObject({
      name: 'GgufError',
      code,
      facts: { file: path, found: systemCode },
    });
    expect(await readFile(path, 'utf8')).toBe(older);
    expect(await readdir(folder)).toEqual(['out.gguf']);
  });

  test('ENOSPC while flushing to the disk', async () => {
    vi.spyOn(await fileHandlePrototype(), 'sync').mockRejectedValue(systemError('ENOSPC'));
    const sink = await createFileSink(path);
    await sink.write(new Uint8Array(10));
    await expect(sink.finish()).rejects.toMatchObject({ code: 'no-space' });
    expect(await readdir(folder)).toEqual([]);
  });
});

test.each([new TypeError('a defect'), new RangeError('a defect'), 'no error at all'])(
  'what is not from the operating system stays as it is: %s',
  (cause) => {
    expect(fileError(cause, path)).toBe(cause);
  },
);
