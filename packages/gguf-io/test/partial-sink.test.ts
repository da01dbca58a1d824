import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GgufWriter, MemorySource, openGguf, type GgufFile } from '../src/index';
import { openPartialSink } from '../src/node';
import { golden } from './goldens';

let folder: string;
let path: string;
let partial: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gguf-partial-'));
  path = join(folder, 'out.gguf');
  partial = join(folder, 'out.gguf.partial');
});
afterEach(() => rm(folder, { recursive: true }));

test('what was flushed or given up stays, and is gone on with from any byte', async () => {
  const first = await openPartialSink(path, partial, 0);
  await first.write(Buffer.from('abcdef'));
  await first.flush();
  expect(await readFile(partial, 'utf8')).toBe('abcdef');
  await first.abort();
  const second = await openPartialSink(path, partial, 3);
  await second.write(Buffer.from('XYZ!'));
  await second.finish();
  expect(await readFile(path, 'utf8')).toBe('abcXYZ!');
  expect(await readdir(folder)).toEqual(['out.gguf']);
});

test('a new file begins at nothing, whatever was there', async () => {
  await writeFile(partial, 'something else');
  const sink = await openPartialSink(path, partial, 0);
  await sink.write(Buffer.from('new'));
  await sink.finish();
  expect(await readFile(path, 'utf8')).toBe('new');
});

test('an older output stays until the new one is whole', async () => {
  await writeFile(path, 'older');
  const sink = await openPartialSink(path, partial, 0);
  await sink.write(Buffer.from('new'));
  await sink.abort();
  expect(await readFile(path, 'utf8')).toBe('older');
});

test('a file with fewer bytes than are to be kept is refused, and left as it is', async () => {
  await writeFile(partial, 'abc');
  await expect(openPartialSink(path, partial, 4)).rejects.toMatchObject({
    code: 'truncated',
    facts: { file: partial, found: '3 bytes' },
  });
  expect(await readFile(partial, 'utf8')).toBe('abc');
});

/** Write the tensors of `file` from the one at `first` on. */
async function writeTensors(writer: GgufWriter, file: GgufFile, first: number, end?: number): Promise<void> {
  for (const tensor of file.tensors.slice(first, end)) await writer.write(await file.readTensorBytes(tensor));
}

test('a writer goes on behind any tensor, and the file is the same', async () => {
  const bytes = golden('cut-model');
  const file = await openGguf(new MemorySource(bytes));
  for (const [count, next] of file.tensors.entries()) {
    const begun = await openPartialSink(path, partial, 0);
    await writeTensors(await GgufWriter.open(begun, file), file, 0, count);
    await begun.flush();
    await begun.abort();
    const sink = await openPartialSink(path, partial, count === 0 ? 0 : next.byteOffset);
    const writer = count === 0 ? await GgufWriter.open(sink, file) : GgufWriter.resume(sink, file, count);
    await writeTensors(writer, file, count);
    await writer.finish();
    expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
  }
  const sink = await openPartialSink(path, partial, 0);
  expect(() => GgufWriter.resume(sink, file, file.tensors.length + 1)).toThrow(/more tensors/);
  await sink.abort();
});
