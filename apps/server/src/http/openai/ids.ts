import { randomBytes } from 'node:crypto';

/** An id as OpenAI's API has them: what it is of, then 24 random digits. */
export function randomId(prefix: string): string {
  return `${prefix}${randomBytes(12).toString('hex')}`;
}
