import { randomUUID } from 'node:crypto';
import { access, constants, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { cleanUpAfterError } from '../clean-up';
import { GgufError } from '../error';
import type { ByteSink, PartialSink } from '../types';
import { MAX_BYTES_PER_CALL } from './call-limit';
import { fileError, systemCode, withFileErrors } from './file-error';
import { pathBeside } from './path-beside';
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
    const temporary = pathBeside(path, `.${randomUUID()}.partial`, '.');
    return new FileSink({ name: path, temporary, handle: await open(temporary, 'wx'), keep: false });
  });
}

/**
 * Write a file that can be gone on with after its process has ended, however that came. The bytes go to `partial`, a file in the folder
 * of `path`: its first `byteLength` bytes are kept, what stands behind them is cut off, and `write` goes on from there. `finish` flushes
 * it to the disk and renames it to `path`; `abort`, or a failure, leaves it where it is.
 *
 * @param byteLength - 0 begins a new file.
 * @throws GgufError as {@link createFileSink}; `truncated` when the file has fewer bytes than are to be kept.
 */
export async function openPartialSink(
  path: string,
  partial: string,
  byteLength: number,
): Promise<PartialSink> {
  return withFileErrors(partial, async () => {
    await checkTarget(path);
    const handle = await open(partial, byteLength === 0 ? 'w' : 'r+');
    try {
      await checkLength(handle, partial, byteLength);
      await handle.truncate(byteLength);
      return new FileSink({ name: path, temporary: partial, handle, position: byteLength, keep: true });
    } catch (error) {
      await cleanUpAfterError(() => handle.close());
      throw error;
    }
  });
}

async function checkLength(handle: FileHandle, partial: string, byteLength: number): Promise<void> {
  const { size } = await handle.stat();
  if (size >= byteLength) return;
  throw new GgufError('truncated', 'the unfinished file has fewer bytes than are to be kept', {
    file: partial,
    found: `${size} bytes`,
    allowed: `at least ${byteLength}`,
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

interface OpenTemporary {
  readonly name: string;
  readonly temporary: string;
  readonly handle: FileHandle;
  /** Bytes that are there already; left out, none. */
  readonly position?: number;
  /** Whether the temporary file outlives a failure. */
  readonly keep: boolean;
}

class FileSink implements PartialSink {
  readonly name: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  readonly #keep: boolean;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #buffered = 0;
  /** Where the next bytes go in the file. */
  #position: number;
  #isOpen = true;

  constructor({ name, temporary, handle, position = 0, keep }: OpenTemporary) {
    this.name = name;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#position = position;
    this.#keep = keep;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#checkOpen();
    await withFileErrors(this.name, async () => {
      if (this.#buffered + bytes.length > BUFFER_BYTES) await this.#writeBuffer();
      if (bytes.length > BUFFER_BYTES) {
        await this.#writeAll(bytes);
        return;
      }
      this.#buffer.set(bytes, this.#buffered);
      this.#buffered += bytes.length;
    });
  }

  async flush(): Promise<void> {
    this.#checkOpen();
    await withFileErrors(this.name, () => this.#writeBuffer());
  }

  async finish(): Promise<void> {
    this.#checkOpen();
    try {
      await this.#writeBuffer();
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
        if (!this.#keep) await rm(this.#temporary, { force: true });
      }
    });
  }

  async #writeBuffer(): Promise<void> {
    await this.#writeAll(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const length = Math.min(bytes.length - done, MAX_BYTES_PER_CALL);
      const { bytesWritten } = await this.#handle.write(bytes, done, length, this.#position);
      done += bytesWritten;
      this.#position += bytesWritten;
    }
  }

  #checkOpen(): void {
    if (!this.#isOpen)
      throw new GgufError('closed', 'the file was finished or given up before', { file: this.name });
  }
}
