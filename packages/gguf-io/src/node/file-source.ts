import type { BigIntStats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { cleanUpAfterError } from '../clean-up';
import { GgufError } from '../error';
import type { RandomAccessSource } from '../types';
import { MAX_BYTES_PER_CALL } from './call-limit';
import { withFileErrors } from './file-error';

/**
 * Open a file for reading by range.
 *
 * @throws GgufError `not-found`, `not-a-file` (a folder, a device) or `no-permission`.
 */
export async function openFileSource(path: string): Promise<RandomAccessSource> {
  return withFileErrors(path, async () => {
    // Before it is opened: opening a named pipe waits until somebody writes to it.
    const { isDirectory, isFile } = await kindOf(path);
    if (!isFile) {
      throw new GgufError(
        'not-a-file',
        isDirectory ? 'the path is a folder' : 'the path is no regular file',
        {
          file: path,
          advice: 'Give the path of a GGUF file.',
        },
      );
    }
    const handle = await open(path, 'r');
    try {
      return new FileSource(path, handle, await handle.stat({ bigint: true }));
    } catch (error) {
      await cleanUpAfterError(() => handle.close());
      throw error;
    }
  });
}

async function kindOf(path: string): Promise<{ isDirectory: boolean; isFile: boolean }> {
  const stats = await stat(path);
  return { isDirectory: stats.isDirectory(), isFile: stats.isFile() };
}

function versionOf({ size, mtimeNs }: BigIntStats): string {
  return `${size} bytes, changed at ${mtimeNs} ns`;
}

class FileSource implements RandomAccessSource {
  readonly name: string;
  readonly byteLength: number;
  readonly version: string;
  readonly #handle: FileHandle;
  #isOpen = true;

  constructor(name: string, handle: FileHandle, stats: BigIntStats) {
    this.name = name;
    this.byteLength = Number(stats.size);
    this.version = versionOf(stats);
    this.#handle = handle;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    if (!this.#isOpen) throw new GgufError('closed', 'the source was closed', { file: this.name });
    await withFileErrors(this.name, async () => {
      for (let done = 0; done < into.length;) {
        const length = Math.min(into.length - done, MAX_BYTES_PER_CALL);
        const { bytesRead } = await this.#handle.read(into, done, length, offset + done);
        if (bytesRead === 0) throw this.#truncated(offset + done, offset + into.length);
        done += bytesRead;
      }
    });
  }

  async checkUnchanged(): Promise<void> {
    const found = await withFileErrors(this.name, async () =>
      versionOf(await this.#handle.stat({ bigint: true })),
    );
    if (found === this.version) return;
    throw new GgufError('changed', 'the file was changed while it was being read', {
      file: this.name,
      found,
      allowed: this.version,
      advice: 'Wait until nobody writes to it, and start again.',
    });
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await withFileErrors(this.name, () => this.#handle.close());
  }

  #truncated(offset: number, needed: number): GgufError {
    return new GgufError('truncated', 'the file ends before the bytes that were asked for', {
      file: this.name,
      offset,
      allowed: `at least ${needed} bytes`,
    });
  }
}
