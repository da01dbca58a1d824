import type { GgufMetadata } from '@halftone/gguf-io';
import { bytesOfPlainToken, SPACE } from './byte-tokens';
import { TokenizerError } from './error';
import { optionalFlag } from './metadata';
import { NONE } from './pair-table';
import type { Dialect, TextModel } from './text-model';
import { TokenTrie } from './token-trie';
import type { Vocabulary } from './vocabulary';
import { WordCache } from './word-cache';

/**
 * Ideographs, each a word of its own: the blocks that BERT lists. The fifth begins at U+2B920, as the tokenizers of Hugging Face and
 * of llama.cpp have it (BERT: U+2B820).
 */
const ideograph =
  '[\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{2a6df}\\u{2a700}-\\u{2b73f}\\u{2b740}-\\u{2b81f}\\u{2b920}-\\u{2ceaf}\\u{2f800}-\\u{2fa1f}]';
/** Marks that are words of their own, and what lies between them and white space. ASCII's symbols are marks too. */
const words = new RegExp(
  `[\\p{P}$+<=>^\`|~]|${ideograph}|(?:(?![\\p{P}$+<=>^\`|~]|${ideograph})\\P{White_Space})+`,
  'gu',
);
/** What is no character to be seen. */
const invisible = /[\0\ufffd]|(?!\p{White_Space})[\p{Cc}\p{Cf}\p{Co}]/gu;

/**
 * WordPiece (Schuster and Nakajima, 2012; Devlin et al., 2018: `bert` in files): text is cut into words, in small letters and without
 * accents where the vocabulary says so, and a word into the longest tokens from its start on. A word that cannot be written in tokens
 * becomes the unknown token.
 *
 * @throws {@link TokenizerError} when there is no unknown token.
 */
export function wordPieceModel(
  metadata: GgufMetadata,
  vocabulary: Vocabulary,
  unknown: number | undefined,
  dialect: Dialect,
): TextModel {
  if (unknown === undefined) {
    throw new TokenizerError('missing-key', 'a WordPiece vocabulary needs an unknown token', {
      allowed: 'tokenizer.ggml.unknown_token_id',
    });
  }
  const lowers = optionalFlag(metadata, 'tokenizer.ggml.normalizer.lowercase') ?? true;
  const dropsAccents = optionalFlag(metadata, 'tokenizer.ggml.normalizer.strip_accents') ?? lowers;
  const withoutAccents = dialect === 'original' ? withoutMarks : withoutMarksOfLlamaCpp;
  const trie = new TokenTrie(vocabulary.ofKinds('normal', 'userDefined', 'unused', 'undefined'));
  const known = new WordCache((word) => piecesOf(SPACE + word, trie) ?? [unknown]);
  return {
    addsSpace: true,
    encode(text, _isStart, out) {
      const bare = dropsAccents ? withoutAccents(text) : text;
      const visible = bare.replace(invisible, '');
      for (const [word] of (lowers ? lowered(visible) : visible).matchAll(words)) known.push(word, out);
    },
    bytesOf: (id) => bytesOfPlainToken(vocabulary, id),
  };
}

/** BERT drops the marks that take no room of their own. */
const withoutMarks = (text: string): string => text.normalize('NFD').replace(/\p{Mn}/gu, '');

/**
 * llama.cpp decomposes a character to the first that it is made of, so that of a Korean syllable the first letter stays, and drops all
 * marks, and with them the vowels of Indian scripts.
 */
const withoutMarksOfLlamaCpp = (text: string): string =>
  text
    .replace(/\P{ASCII}/gu, (character) => /^./su.exec(character.normalize('NFD'))?.[0] ?? '')
    .replace(/\p{M}/gu, '');

/** Small letters, each character by itself: as a text, a capital sigma at the end of a word would become another letter than within. */
function lowered(text: string): string {
  return text.replace(/\p{Lu}|\p{Lt}/gu, (letter) => letter.toLowerCase());
}

/** The longest tokens from the start on, or `undefined` when they do not make up the word. */
function piecesOf(word: string, trie: TokenTrie): number[] | undefined {
  const ids: number[] = [];
  for (let at = 0; at < word.length;) {
    const { id, end } = trie.longest(word, at);
    if (id === NONE) return undefined;
    ids.push(id);
    at = end;
  }
  return ids;
}
