import { ImatrixError } from './error';
import { MAX_ENTRIES, MAX_NAME_BYTES } from './limits';
import type { ImportanceMatrix } from './types';

/** The bytes of an entry's name, as a file holds it. Errors: `bad-name`. */
export function nameBytes(name: string, file: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length >= 1 && bytes.length <= MAX_NAME_BYTES) return bytes;
  throw new ImatrixError('bad-name', 'the name of the entry has an impossible length', {
    file,
    tensor: name,
    found: bytes.length,
    allowed: `1 to ${MAX_NAME_BYTES} bytes`,
    advice: 'Name the entry after its tensor.',
  });
}

/** What is written can be read again. Errors: `empty`, `too-many-entries`. */
export function checkEntryCount({ entries, source }: ImportanceMatrix): void {
  if (entries.size >= 1 && entries.size <= MAX_ENTRIES) return;
  const facts = { file: source, found: entries.size, allowed: `1 to ${MAX_ENTRIES}` };
  if (entries.size === 0) {
    throw new ImatrixError('empty', 'the importance matrix has no entries', {
      ...facts,
      advice: 'Nothing was collected: did the model run on the calibration text?',
    });
  }
  throw new ImatrixError('too-many-entries', 'no importance matrix has so many entries', {
    ...facts,
    advice: 'Merge fewer files, or check that they are of one model.',
  });
}
