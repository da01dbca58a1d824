import { randomUUID } from 'node:crypto';
import { access, constants, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cleanUpAfterError } from '../clean-up';
import { GgufError } from '../error';
import type { ByteSink } from '../types';
import { MAX_BYTES_PER_CALL } from './call-limit';
import { fileError, systemCode, withFileErrors } from './file-error';
import { replaceFile } from './replace-file';

/** Small pieces are gathered to this many bytes before they go to the operating system; larger ones go as they are. */
const BUFFER_BYTES = 1024 * 1024;

/**
 * Write a file so that its path never shows half of it. The bytes go to a temporary file in the same folder, named
 * `.NAME.UUID.partial`; `finish` flushes it to the disk and renames it to `path`; `abort` removes it. Until `finish`, an older file
 * at `path` is untouched, so `path` may even be a file that is being read as the source. Where `path` is a symbolic link, the new file
 * takes the place of the link.
 *
 * A disk that fails in the very last step, when the new name is made to last through a power cut, is told as an error although the new
 * file is in place and whole.
 *
 * A process that is killed leaves the temporary file, which may then be deleted.
 *
 * @throws GgufError `not-found` (the folder), `not-a-file`, `no-permission` or `no-space`; so do the methods of the sink.
 */
export async function createFileSink(path: string): Promise<ByteSink> {
  return withFileErrors(path, async () => {
    await checkTarget(path);
    const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.partial`);
    return new FileSink(path, temporary, await open(temporary, 'wx'));
  });
}

/** An older file will be replaced at the end; say now if it may not be. */
async function checkTarget(path: string): Promise<void> {
  const stats = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (stats === undefined) return;
  if (!stats.isFile()) {
    throw new GgufError(
      'not-a-file',
      stats.isDirectory() ? 'the path is a folder' : 'the path is no regular file',
      {
        file: path,
        advice: 'Give the path of the file to write.',
      },
    );
  }
  await access(path, constants.W_OK);
}

class FileSink implements ByteSink {
  readonly name: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #buffered = 0;
  #isOpen = true;

  constructor(name: string, temporary: string, handle: FileHandle) {
    this.name = name;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#checkOpen();
    await withFileErrors(this.name, async () => {
      if (this.#buffered + bytes.length > BUFFER_BYTES) await this.#flush();
      if (bytes.length > BUFFER_BYTES) {
        await this.#writeAll(bytes);
        return;
      }
      this.#buffer.set(bytes, this.#buffered);
      this.#buffered += bytes.length;
    });
  }

  async finish(): Promise<void> {
    this.#checkOpen();
    try {
      await this.#flush();
      await this.#handle.sync();
      await this.#handle.close();
      await replaceFile(this.#temporary, this.name);
      this.#isOpen = false;
    } catch (cause) {
      await cleanUpAfterError(() => this.abort());
      throw fileError(cause, this.name);
    }
  }

  async abort(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await withFileErrors(this.#temporary, async () => {
      try {
        await this.#handle.close();
      } finally {
        await rm(this.#temporary, { force: true });
      }
    });
  }

  async #flush(): Promise<void> {
    await this.#writeAll(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const length = Math.min(bytes.length - done, MAX_BYTES_PER_CALL);
      const { bytesWritten } = await this.#handle.write(bytes, done, length);
      done += bytesWritten;
    }
  }

  #checkOpen(): void {
    if (!this.#isOpen)
      throw new GgufError('closed', 'the file was finished or given up before', { file: this.name });
  }
}
