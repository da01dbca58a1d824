import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './file-error';

/**
 * Move the file at `from` to `to`, in the same folder, and make the move itself last through a power cut where the file system can.
 * The folder is opened first, so that what can fail fails while an older file at `to` is untouched.
 */
export async function replaceFile(from: string, to: string): Promise<void> {
  const handle = await whereSupported(() => openFolder(dirname(to)));
  try {
    await rename(from, to);
    await whereSupported(async () => handle?.sync());
  } finally {
    await handle?.close();
  }
}

/** Windows cannot flush a folder, and needs not. */
async function openFolder(folder: string) {
  return process.platform === 'win32' ? undefined : open(folder, 'r');
}

/**
 * What file systems answer that cannot flush a folder, and folders that may be written but not read. The bytes of the file itself are
 * on the disk by then; its name follows when the system next writes the folder.
 */
const UNSUPPORTED = new Set(['EINVAL', 'ENOTSUP', 'EPERM', 'EACCES']);

async function whereSupported<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (UNSUPPORTED.has(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}
