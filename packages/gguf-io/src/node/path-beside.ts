import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** Bytes of a file's name: `NAME_MAX` of the file systems in common use; Windows counts UTF-16 units, which are never more. */
const MAX_NAME_BYTES = 255;

/** Hexadecimal digits of the hash that tells shortened names apart. */
const HASH_DIGITS = 16;

/**
 * The path of a helper file in the folder of `path`: its name with `suffix` behind it (and `prefix` before it). Where that is longer than
 * a file system takes, the middle is cut and a hash of the whole name put in its place, so that the same path always gives the same one.
 */
export function pathBeside(path: string, suffix: string, prefix = ''): string {
  const name = basename(path);
  const room = MAX_NAME_BYTES - Buffer.byteLength(prefix) - Buffer.byteLength(suffix);
  return join(
    dirname(path),
    `${prefix}${Buffer.byteLength(name) <= room ? name : shortened(name, room)}${suffix}`,
  );
}

function shortened(name: string, room: number): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS);
  // A character that is cut in half decodes to U+FFFD, which is of no use in a name.
  const head = Buffer.from(name).subarray(0, room - HASH_DIGITS - 1);
  return `${head.toString().replace(/\uFFFD+$/, '')}~${hash}`;
}
