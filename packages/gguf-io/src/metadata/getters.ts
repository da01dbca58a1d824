import { GgufError } from '../error';
import type { GgufMetadata, GgufValue } from '../types';

/**
 * The text under `key`; `undefined` where there is no such key.
 *
 * @throws GgufError `wrong-metadata-type` when the value is no text.
 */
export function metadataString(metadata: GgufMetadata, key: string): string | undefined {
  const entry = metadata.get(key);
  if (entry === undefined || entry.type === 'string') return entry?.value;
  throw wrongType(key, entry, 'a string');
}

/**
 * The number under `key`, whatever numeric type it was stored in: writers differ in their choice for the same key.
 * `undefined` where there is no such key.
 *
 * @throws GgufError `wrong-metadata-type` when the value is no number, or a 64-bit number that a double does not hold exactly.
 */
export function metadataNumber(metadata: GgufMetadata, key: string): number | undefined {
  const entry = metadata.get(key);
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value);
  throw wrongType(key, entry, 'a number within 53 bits');
}

function wrongType(key: string, { type, value }: GgufValue, allowed: string): GgufError {
  const found = typeof value === 'bigint' ? `${type} ${value}` : type;
  return new GgufError(
    'wrong-metadata-type',
    `the metadata value of ${JSON.stringify(key)} is of the wrong type`,
    {
      found,
      allowed,
      advice: 'The file was written with another meaning of this key.',
    },
  );
}
