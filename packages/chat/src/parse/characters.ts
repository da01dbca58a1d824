import { MAX_NAME_LENGTH } from '../limits';

/** White space of any kind. */
export const SPACE = /\s/;

/** What stands in the names of tools; anything else ends one. */
export const NAME_CHARACTER = /[\p{L}\p{N}_.:/-]/u;

/** Whether a tool may be called so: every form of calls tells such a name from what stands around it. */
export function isToolName(name: string): boolean {
  return (
    name !== '' && name.length <= MAX_NAME_LENGTH && Array.from(name).every((one) => NAME_CHARACTER.test(one))
  );
}
