import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { QuantizeError } from '../error';

/** Who holds a lock. */
interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When the process was started, as its system counts: another process may get the same number later. Empty where it is not told. */
  readonly started: string;
}

/** A file that is held by this process. */
export interface Lock {
  /** Let others have it. Where the file cannot be removed it is stale as soon as this process ends. */
  release(): Promise<void>;
}

/** Each try that fails means that another process was faster or has just ended. */
const MAX_TRIES = 20;

/** A lock is empty for the moment between its making and its writing; one that stays so is of a process that was killed just then. */
const EMPTY_TRIES = 10;
const EMPTY_WAIT_MILLISECONDS = 50;

/** Read of a lock, which is some hundred bytes, or of a file of `/proc`; whatever is longer is none of ours. */
const MAX_READ_BYTES = 4096;

/**
 * Hold the file at `path` against other processes, as long as this one lives. A lock whose process has ended is stale and is taken over;
 * that of another machine is not, for nothing here tells whether its process lives.
 *
 * @throws {@link QuantizeError} `output-locked`.
 */
export async function acquireLock(path: string): Promise<Lock> {
  const own = JSON.stringify(await currentOwner());
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (await create(path, own)) return { release: () => rm(path, { force: true }).catch(() => undefined) };
    const text = await readIfThere(path);
    if (text === undefined) continue;
    if (text === '' && tries < EMPTY_TRIES) {
      await delay(EMPTY_WAIT_MILLISECONDS);
      continue;
    }
    const owner = parseOwner(text);
    if (text !== '' && (await isHeld(owner))) throw lockedError(path, owner);
    await takeAway(path, text);
  }
  throw lockedError(path, undefined);
}

/** `false` when somebody else has made the file before, or has taken it for stale because it was empty for too long. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(text);
      // After a power cut, an empty lock would tell nothing.
      await handle.sync();
    } finally {
      await handle.close();
    }
    return (await readIfThere(path)) === text;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Of several processes that find a stale lock, the first moves it away; who moves the lock that was made after it puts that back. */
async function takeAway(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readIfThere(aside)) === stale) await rm(aside, { force: true });
  else await rename(aside, path);
}

async function currentOwner(): Promise<Owner> {
  return { host: hostname(), pid: process.pid, started: (await startOf(process.pid)) ?? '' };
}

/** A lock that cannot be understood is none of ours: the reader of the error decides. */
async function isHeld(owner: Owner | undefined): Promise<boolean> {
  if (owner?.host !== hostname()) return true;
  return isAlive(owner.pid) && ((await startOf(owner.pid)) ?? '') === owner.started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, and belongs to someone else.
    return hasCode(error, 'EPERM');
  }
}

/** States of a process that has ended and that its parent has not asked after: a zombie, and one on its way out. */
const ENDED = new Set(['Z', 'X', 'x']);

/**
 * On Linux, the start of a process in clock ticks since the machine was started: field 22 of `/proc/PID/stat`, see proc(5). `undefined` where
 * that is not told, or the process has ended.
 */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readIfThere(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, which may hold blanks and brackets itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ENDED.has(fields?.[0] ?? '') ? undefined : fields?.[19];
}

function parseOwner(text: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(text);
    return isOwner(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false;
  const { host, pid, started } = value as Partial<Record<keyof Owner, unknown>>;
  // 0 and negative numbers mean groups of processes to the system.
  return (
    typeof host === 'string' && Number.isSafeInteger(pid) && Number(pid) > 0 && typeof started === 'string'
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_READ_BYTES), 0, MAX_READ_BYTES, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function lockedError(path: string, owner: Owner | undefined): QuantizeError {
  return new QuantizeError('output-locked', 'another process is at work on this output', {
    file: path,
    found:
      owner === undefined ? 'a lock that does not say whose it is' : `process ${owner.pid} on ${owner.host}`,
    advice:
      'Wait for it, or give the output another name. When no such process is running, remove this file.',
  });
}
