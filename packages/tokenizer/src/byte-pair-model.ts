import type { GgufMetadata } from '@halftone/gguf-io';
import { bytesOfText, characterOfByte } from './byte-text';
import { TokenizerError } from './error';
import { Merges } from './merges';
import { preTokenizerNames, preTokenizerOf, wordCutter } from './pre-tokenizers';
import type { TextModel } from './text-model';
import { optionalFlag, optionalText, stringArray, type Vocabulary } from './vocabulary';

/** Words whose ids are kept, and how long they may be: text repeats its words, and these take some megabytes at most. */
const MAX_KEPT_WORDS = 1 << 16;
const MAX_KEPT_LENGTH = 48;

const encoder = new TextEncoder();

/**
 * Byte-level byte pair encoding (Sennrich et al., 2016; Radford et al., 2019): text is cut into words, words into bytes, and
 * neighbours are merged in the order of the vocabulary's merges. The time grows with n log n for a word of n bytes.
 *
 * @throws {@link TokenizerError} when the pre-tokenizer is unknown or the merges do not fit the vocabulary.
 */
export function bytePairModel(
  metadata: GgufMetadata,
  vocabulary: Vocabulary,
): TextModel & { addsBeginning: boolean } {
  const name = optionalText(metadata, 'tokenizer.ggml.pre') ?? 'default';
  const preTokenizer = preTokenizerOf(name);
  if (preTokenizer === undefined) {
    throw new TokenizerError(
      'unknown-pre-tokenizer',
      'how this vocabulary cuts text into words is not known here',
      {
        found: name,
        allowed: preTokenizerNames.join(', '),
      },
    );
  }
  const cut = wordCutter(preTokenizer);
  const merges = Merges.read(stringArray(metadata, 'tokenizer.ggml.merges'), vocabulary.ids);
  const takesWholeWords =
    optionalFlag(metadata, 'tokenizer.ggml.ignore_merges') ?? preTokenizer.ignoresMerges ?? false;
  const idOfByte = characterOfByte.map((character) => vocabulary.ids.get(character));
  const kept = new Map<string, readonly number[]>();

  const encodeWord = (word: string): readonly number[] => {
    const bytes = encoder.encode(word);
    if (takesWholeWords) {
      const whole = vocabulary.ids.get(Array.from(bytes, (byte) => characterOfByte[byte] ?? '').join(''));
      if (whole !== undefined) return [whole];
    }
    return merges.apply(Array.from(bytes, (byte) => idOfByte[byte] ?? noToken(byte)));
  };

  return {
    addsSpace: false,
    addsBeginning: preTokenizer.addsBeginning ?? false,
    encode(text, _isStart, out) {
      cut(text, (word) => {
        const known = kept.get(word);
        const ids = known ?? encodeWord(word);
        for (const id of ids) out.push(id);
        if (known !== undefined || word.length > MAX_KEPT_LENGTH) return;
        if (kept.size === MAX_KEPT_WORDS) kept.clear();
        kept.set(word, ids);
      });
    },
    bytesOf: (id) => bytesOfText(vocabulary.texts[id] ?? ''),
  };
}

function noToken(byte: number): never {
  throw new TokenizerError('no-token', 'the vocabulary has no token for a byte of the text', {
    found: `0x${byte.toString(16).padStart(2, '0')}`,
  });
}
