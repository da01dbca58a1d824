import { GgufError, type GgufErrorCode } from '../error';

/** What an error of the operating system means to the user of a file. */
interface Meaning {
  readonly code: GgufErrorCode;
  readonly what: string;
  readonly advice: string;
}

const NO_PERMISSION: Meaning = {
  code: 'no-permission',
  what: 'access to the file or its folder is denied',
  advice: 'Change its permissions, or choose another path.',
};

const NO_SPACE: Meaning = {
  code: 'no-space',
  what: 'there is no space left for the file',
  advice: 'Free some space or choose a path on another disk. An older file at the path is untouched.',
};

const NOT_FOUND: Meaning = {
  code: 'not-found',
  what: 'there is no such file or folder',
  advice: 'Check the path; the folder of an output must exist.',
};

/** By the codes of Node's system errors, which are those of POSIX. */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOENT: NOT_FOUND,
  ENOTDIR: NOT_FOUND,
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
  EROFS: { ...NO_PERMISSION, what: 'the file system is read-only' },
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EFBIG: { ...NO_SPACE, what: 'the file is larger than the file system or a limit allows' },
};

const OTHER: Meaning = {
  code: 'input-output',
  what: 'the operating system reports an error',
  advice: 'The cause says more.',
};

/** What the operating system calls the error, such as `ENOENT`; `undefined` for an error that is not from there. */
export function systemCode(error: unknown): string | undefined {
  const isFromSystem = error instanceof Error && 'syscall' in error && 'code' in error;
  return isFromSystem && typeof error.code === 'string' ? error.code : undefined;
}

/** The typed error for what the operating system said about `file`; any other error, a defect among them, stays as it is. */
export function fileError(cause: unknown, file: string): unknown {
  const found = systemCode(cause);
  if (found === undefined) return cause;
  const { code, what, advice } = meanings[found] ?? OTHER;
  return new GgufError(code, what, { file, found, advice, cause });
}

/** Run `work` on `file`, with errors of the operating system made typed ones. */
export async function withFileErrors<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw fileError(cause, file);
  }
}
