import type { GgufMetadata, GgufValueType } from '@halftone/gguf-io';
import { TokenizerError } from './error';

/** The kinds of tokens, by llama.cpp's numbers of `tokenizer.ggml.token_type`. */
export const tokenKinds = [
  'undefined',
  'normal',
  'unknown',
  'control',
  'userDefined',
  'unused',
  'byte',
] as const;

/** See {@link tokenKinds}. */
export type TokenKind = (typeof tokenKinds)[number];

/** What the metadata says of a vocabulary. */
export interface Vocabulary {
  /** The text of each token, as the file has it. */
  readonly texts: readonly string[];
  readonly ids: ReadonlyMap<string, number>;
  kind(id: number): TokenKind;
}

/**
 * Read the tokens and their kinds.
 *
 * @throws {@link TokenizerError} when they are missing, of a wrong type or of unequal lengths, or when two tokens are one.
 */
export function readVocabulary(metadata: GgufMetadata): Vocabulary {
  const texts = stringArray(metadata, 'tokenizer.ggml.tokens');
  const types = numberArray(metadata, 'tokenizer.ggml.token_type', texts.length);
  const ids = new Map<string, number>();
  texts.forEach((text, id) => {
    const first = ids.get(text);
    if (first !== undefined && text !== '') {
      throw new TokenizerError('duplicate-token', `the tokens ${first} and ${id} have one text`, {
        found: JSON.stringify(text),
        advice: 'Convert the model again: its vocabulary is damaged.',
      });
    }
    ids.set(text, id);
  });
  return { texts, ids, kind: (id) => tokenKinds[types?.[id] ?? 1] ?? 'undefined' };
}

/** The strings of a key. @throws {@link TokenizerError} `missing-key` or `wrong-type`. */
export function stringArray(metadata: GgufMetadata, key: string): readonly string[] {
  const value = metadata.get(key);
  if (value === undefined) throw missing(key);
  if (value.type !== 'array' || value.value.elementType !== 'string') {
    throw wrongType(key, value.type, 'an array of strings');
  }
  return [...value.value];
}

/** The numbers of a key, `length` of them; `undefined` if there is no such key. */
export function numberArray(
  metadata: GgufMetadata,
  key: string,
  length: number,
): readonly number[] | undefined {
  const value = metadata.get(key);
  if (value === undefined) return undefined;
  if (value.type !== 'array') throw wrongType(key, value.type, 'an array of numbers');
  const numbers = [...(value.value as Iterable<unknown>)];
  if (numbers.length !== length) {
    throw new TokenizerError('wrong-length', `${key} and the tokens are not equally many`, {
      found: numbers.length,
      allowed: `${length}`,
    });
  }
  return numbers.map(Number);
}

/** A whole number, `undefined` if there is no such key. */
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

/** Yes or no, `undefined` if there is no such key. */
export function optionalFlag(metadata: GgufMetadata, key: string): boolean | undefined {
  const value = metadata.get(key);
  if (value === undefined) return undefined;
  if (value.type === 'bool') return value.value;
  throw wrongType(key, value.type, 'true or false');
}

/** A text, `undefined` if there is no such key. */
export function optionalText(metadata: GgufMetadata, key: string): string | undefined {
  const value = metadata.get(key);
  if (value === undefined) return undefined;
  if (value.type === 'string') return value.value;
  throw wrongType(key, value.type, 'a text');
}

function missing(key: string): TokenizerError {
  return new TokenizerError('missing-key', 'the file has no vocabulary', {
    allowed: key,
    advice: 'Use a file that was converted with its tokenizer.',
  });
}

function wrongType(key: string, found: GgufValueType, allowed: string): TokenizerError {
  return new TokenizerError('wrong-type', `${key} has a wrong type`, { found, allowed });
}
