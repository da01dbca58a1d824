import type { GgufArray, GgufMetadata, GgufValueType } from '@halftone/gguf-io';
import { TokenizerError } from './error';

/** The strings of a key, `most` at most. @throws {@link TokenizerError} `missing-key`, `wrong-type` or `wrong-length`. */
export function strings(metadata: GgufMetadata, key: string, most: number): readonly string[] {
  const value = array(metadata, key);
  if (value === undefined) throw missing(key);
  if (value.elementType !== 'string') throw wrongType(key, value.elementType, 'an array of strings');
  if (value.length > most) {
    throw new TokenizerError('wrong-length', `${key} has too many elements`, {
      found: value.length,
      allowed: `up to ${most}`,
    });
  }
  return [...value];
}

/** The numbers of a key, one for each of `count` tokens; `undefined` if there is no such key. */
export function optionalNumbers(
  metadata: GgufMetadata,
  key: string,
  count: number,
): readonly number[] | undefined {
  const value = array(metadata, key);
  if (value === undefined) return undefined;
  if (value.elementType !== 'int32' && value.elementType !== 'uint32' && value.elementType !== 'float32') {
    throw wrongType(key, value.elementType, 'an array of int32, uint32 or float32');
  }
  if (value.length !== count) {
    throw new TokenizerError('wrong-length', `${key} and the tokens are not equally many`, {
      found: value.length,
      allowed: `${count}`,
    });
  }
  return [...value];
}

/** The score of each token. @throws {@link TokenizerError} `missing-key`, `wrong-type` or `wrong-length`. */
export function tokenScores(metadata: GgufMetadata, count: number): readonly number[] {
  const scores = optionalNumbers(metadata, 'tokenizer.ggml.scores', count);
  if (scores === undefined) throw missing('tokenizer.ggml.scores');
  const bad = scores.findIndex((score) => Number.isNaN(score));
  if (bad < 0) return scores;
  throw new TokenizerError('bad-token', `the score of the token ${bad} is not a number`, { found: 'NaN' });
}

/** The bytes of a key; `undefined` if there is no such key. */
export function optionalBytes(metadata: GgufMetadata, key: string): Uint8Array | undefined {
  const value = array(metadata, key);
  if (value === undefined) return undefined;
  if (value.elementType !== 'uint8' && value.elementType !== 'int8') {
    throw wrongType(key, value.elementType, 'an array of int8 or uint8');
  }
  return value.encoded;
}

/** The id of a token; `undefined` if there is no such key. @throws {@link TokenizerError} `wrong-type` or `out-of-range`. */
export function optionalId(metadata: GgufMetadata, key: string, size: number): number | undefined {
  const value = metadata.get(key);
  if (value === undefined) return undefined;
  if (value.type === 'array' || value.type === 'string' || value.type === 'bool') {
    throw wrongType(key, value.type, 'a whole number');
  }
  const id = Number(value.value);
  // Files exist that say "none" with the largest number of 32 bits.
  if (id === 0xffff_ffff || id === -1) return undefined;
  if (Number.isInteger(id) && id >= 0 && id < size) return id;
  throw new TokenizerError('out-of-range', `${key} names a token that there is not`, {
    found: id,
    allowed: `0 to ${size - 1}`,
  });
}

/** Yes or no, `undefined` if there is no such key. @throws {@link TokenizerError} `wrong-type`. */
export function optionalFlag(metadata: GgufMetadata, key: string): boolean | undefined {
  const value = metadata.get(key);
  if (value === undefined) return undefined;
  if (value.type === 'bool') return value.value;
  throw wrongType(key, value.type, 'true or false');
}

/** A text, `undefined` if there is no such key. @throws {@link TokenizerError} `wrong-type`. */
export function optionalText(metadata: GgufMetadata, key: string): string | undefined {
  const value = metadata.get(key);
  if (value === undefined) return undefined;
  if (value.type === 'string') return value.value;
  throw wrongType(key, value.type, 'a text');
}

function array(metadata: GgufMetadata, key: string): GgufArray | undefined {
  const value = metadata.get(key);
  if (value === undefined) return undefined;
  if (value.type === 'array') return value.value;
  throw wrongType(key, value.type, 'an array');
}

/** The error for a key that is not there. */
export function missing(key: string): TokenizerError {
  return new TokenizerError('missing-key', 'the file lacks a part of its vocabulary', {
    allowed: key,
    advice: 'Use a file that was converted with its tokenizer.',
  });
}

function wrongType(key: string, found: GgufValueType, allowed: string): TokenizerError {
  return new TokenizerError('wrong-type', `${key} has a wrong type`, { found, allowed });
}
