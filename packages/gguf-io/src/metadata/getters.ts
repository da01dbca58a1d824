import { GgufError } from '../error';
import { BEYOND_ANY_MODEL } from '../read/advice';
import { MAX_NUMBERS } from '../read/limits';
import type { GgufMetadata, GgufValue } from '../types';

/**
 * The text under `key`; `undefined` where there is no such key.
 *
 * @param file - the name of the file, for the message of an error.
 * @throws GgufError `wrong-metadata-type` when the value is no text.
 */
export function metadataString(metadata: GgufMetadata, key: string, file?: string): string | undefined {
  const entry = metadata.get(key);
  if (entry === undefined || entry.type === 'string') return entry?.value;
  throw wrongType(key, entry, 'a string', file);
}

/**
 * The number under `key`, whatever numeric type it was stored in: writers differ in their choice for the same key.
 * `undefined` where there is no such key.
 *
 * @param file - the name of the file, for the message of an error.
 * @throws GgufError `wrong-metadata-type` when the value is no number, or a 64-bit number that a double does not hold exactly.
 */
export function metadataNumber(metadata: GgufMetadata, key: string, file?: string): number | undefined {
  const entry = metadata.get(key);
  if (entry === undefined) return undefined;
  const number = exactNumber(entry.value);
  if (number !== undefined) return number;
  throw wrongType(key, entry, 'a number within 53 bits', file);
}

/**
 * The numbers under `key`, of any numeric type: those of an array in their order, or a single number as a list of one. Models whose
 * layers differ store one number per layer where others store one for all. `undefined` where there is no such key.
 *
 * @param file - the name of the file, for the message of an error.
 * @throws GgufError `wrong-metadata-type` as {@link metadataNumber}, for any element; `over-limit` for an array longer than
 * any list of layers.
 */
export function metadataNumbers(
  metadata: GgufMetadata,
  key: string,
  file?: string,
): readonly number[] | undefined {
  const entry = metadata.get(key);
  if (entry === undefined) return undefined;
  if (entry.type === 'array' && entry.value.length > MAX_NUMBERS)
    throw tooMany(key, entry.value.length, file);
  const elements: Iterable<unknown> = entry.type === 'array' ? entry.value : [entry.value];
  return Array.from(elements, (element) => {
    const number = exactNumber(element);
    if (number !== undefined) return number;
    throw wrongType(key, entry, 'numbers within 53 bits', file);
  });
}

/** The number that a value is; `undefined` where it is none, or has more digits than a double. */
function exactNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
}

function tooMany(key: string, found: number, file: string | undefined): GgufError {
  return new GgufError('over-limit', `the array under ${JSON.stringify(key)} is too long`, {
    file,
    found,
    allowed: `up to ${MAX_NUMBERS} numbers`,
    advice: BEYOND_ANY_MODEL,
  });
}

function wrongType(key: string, entry: GgufValue, allowed: string, file: string | undefined): GgufError {
  return new GgufError(
    'wrong-metadata-type',
    `the metadata value of ${JSON.stringify(key)} is of the wrong type`,
    {
      file,
      found: typeAndValue(entry),
      allowed,
      advice: 'The file was written with another meaning of this key.',
    },
  );
}

function typeAndValue({ type, value }: GgufValue): string {
  if (typeof value === 'object') return `an array of ${value.elementType}`;
  return typeof value === 'bigint' ? `${type} ${value}` : type;
}
