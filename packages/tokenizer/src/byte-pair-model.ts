import type { GgufMetadata } from '@halftone/gguf-io';
import { ByteTokens, bytesOfPlainToken, noToken, SPACE } from './byte-tokens';
import { bytesOfText, characterOfByte } from './byte-text';
import { TokenizerError } from './error';
import { Merges } from './merges';
import { optionalFlag, optionalText, strings } from './metadata';
import { Seams } from './seams';
import type { Dialect, TextModel } from './text-model';
import type { Vocabulary } from './vocabulary';
import { WordCache } from './word-cache';
import { cutter } from './words/cutter';
import { preTokenizerNames, preTokenizerOf, type PreTokenizer } from './words/pre-tokenizers';

/**
 * Merges of a vocabulary. Threat: each costs a string and a place in a map, from as few as 10 bytes in a file.
 * Largest: 515,000 (Gemma 4).
 */
const MAX_MERGES = 1 << 23;

const encoder = new TextEncoder();

/**
 * Byte pair encoding (Sennrich et al., 2016): text is cut into words, and neighbours in a word are merged in the order of the
 * vocabulary's merges. They begin as bytes (Radford et al., 2019), or in some vocabularies as characters.
 * The time grows with n log n for a word of length n.
 *
 * @throws {@link TokenizerError} when the merges are missing or do not fit the vocabulary.
 */
export function bytePairModel(
  metadata: GgufMetadata,
  vocabulary: Vocabulary,
  preTokenizer: PreTokenizer,
  dialect: Dialect,
): TextModel {
  const { steps, stepsOfLlamaCpp = steps, isPlainText = false } = preTokenizer;
  const cut = cutter(dialect === 'original' ? steps : stepsOfLlamaCpp);
  const merges = new Merges(strings(metadata, 'tokenizer.ggml.merges', MAX_MERGES), vocabulary.index);
  const takesWholeWords =
    optionalFlag(metadata, 'tokenizer.ggml.ignore_merges') ?? preTokenizer.ignoresMerges ?? false;
  if (isPlainText) return plainTextModel({ metadata, vocabulary, preTokenizer, merges, cut });
  const encodeWord = wordOfBytesEncoder(vocabulary, merges, takesWholeWords);
  const words = new WordCache(encodeWord);
  return {
    addsSpace: false,
    encode: (text, _isStart, out) => cut(text, (word) => words.push(word, out)),
    bytesOf: (id) =>
      vocabulary.kind(id) === 'byte' ? bytesOfPlainToken(vocabulary, id) : bytesOfText(vocabulary.text(id)),
  };
}

/** The pre-tokenizer that the metadata names. @throws {@link TokenizerError} `unknown-pre-tokenizer`. */
export function readPreTokenizer(metadata: GgufMetadata): PreTokenizer {
  const isGemma = optionalText(metadata, 'tokenizer.ggml.model') === 'gemma4';
  const name = isGemma ? 'gemma4' : (optionalText(metadata, 'tokenizer.ggml.pre') ?? 'default');
  const preTokenizer = preTokenizerOf(name);
  if (preTokenizer !== undefined) return preTokenizer;
  throw new TokenizerError(
    'unknown-pre-tokenizer',
    'how this vocabulary cuts text into words is not known here',
    { found: name, allowed: preTokenizerNames.join(', ') },
  );
}

function wordOfBytesEncoder(
  vocabulary: Vocabulary,
  merges: Merges,
  takesWholeWords: boolean,
): (word: string) => readonly number[] {
  const idOfByte = characterOfByte.map((character) => vocabulary.idOf(character));
  const longest = vocabulary.texts.reduce((most, { length }) => Math.max(most, length), 0);
  return (word) => {
    const bytes = encoder.encode(word);
    if (takesWholeWords && bytes.length <= longest) {
      const whole = vocabulary.idOfWord(Array.from(bytes, (byte) => characterOfByte[byte] ?? '').join(''));
      if (whole !== undefined) return [whole];
    }
    const symbols: number[] = [];
    for (const byte of bytes) symbols.push(idOfByte[byte] ?? noToken(byte));
    return merges.apply(symbols);
  };
}

interface PlainTextParts {
  readonly metadata: GgufMetadata;
  readonly vocabulary: Vocabulary;
  readonly preTokenizer: PreTokenizer;
  readonly merges: Merges;
  readonly cut: (text: string, each: (piece: string) => void) => void;
}

/** Tokens written as plain text: merging begins with characters, and a character that is no token becomes bytes. */
function plainTextModel({ metadata, vocabulary, preTokenizer, merges, cut }: PlainTextParts): TextModel {
  const { escapesSpaces = false, keepsEndsOfLines = false, dropsSpace = false } = preTokenizer;
  const lowers = optionalFlag(metadata, 'tokenizer.ggml.normalizer.lowercase') ?? false;
  const byteTokens = new ByteTokens(vocabulary, undefined);
  const seams = new Seams(vocabulary.texts);
  const words = new WordCache((word) => {
    const out: number[] = [];
    let known: number[] = [];
    for (const character of word) {
      const id = vocabulary.idOfWord(character);
      if (id !== undefined) {
        known.push(id);
        continue;
      }
      out.push(...merges.apply(known), ...byteTokens.of(character));
      known = [];
    }
    return [...out, ...merges.apply(known)];
  });
  return {
    addsSpace: false,
    encode(text, _isStart, out) {
      const written = escapesSpaces ? text.replaceAll(' ', SPACE) : text;
      cut(dropsSpace && lowers ? written.toLowerCase() : written, (line) => {
        if (dropsSpace && /^\p{White_Space}/u.test(line)) return;
        const whole = keepsEndsOfLines && line.startsWith('\n') ? vocabulary.idOfWord(line) : undefined;
        if (whole !== undefined) out.push(whole);
        else seams.cut(line, (word) => words.push(word, out));
      });
    },
    bytesOf: (id) => bytesOfPlainToken(vocabulary, id),
  };
}
