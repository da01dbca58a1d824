import type { GgufMetadata } from '@halftone/gguf-io';
import { TokenizerError } from './error';
import { IdList } from './id-list';
import { optionalFlag } from './metadata';
import { readAttributes, readEndOfGeneration, readRoles, type TokenRoles } from './roles';
import { SpecialTokens, type TokenAttributes } from './special-tokens';
import { StreamDecoder } from './stream-decoder';
import type { Dialect, TextModel } from './text-model';
import { readModel, readModelName, type ReadModel } from './text-models';
import { Vocabulary, type TokenKind } from './vocabulary';

/** How a tokenizer is made. */
export interface TokenizerOptions {
  /**
   * How words are cut where the model's own tokenizer and llama.cpp differ: `original` (if left out) or `llama.cpp`, for ids that are to
   * be compared with its own.
   */
  readonly dialect?: Dialect;
  /** The name of the file that the metadata are from, for messages. */
  readonly file?: string;
}

/** How a text is encoded. */
export interface EncodeOptions {
  /** Begin and end as texts of the model do. True if left out. */
  readonly addSpecial?: boolean;
  /** Take text that looks like a control token for one. Leave it out for text of users. */
  readonly parseSpecial?: boolean;
}

/** Text to ids and back. */
export interface Tokenizer extends TokenRoles {
  /** Tokens of the vocabulary. */
  readonly size: number;
  /** Whether texts begin with the beginning token, and end with the end token or with the separator. */
  readonly addsBeginning: boolean;
  readonly addsEnd: boolean;
  readonly addsSeparator: boolean;
  /** Tokens with which a model says that its turn is over. */
  readonly endOfGeneration: ReadonlySet<number>;
  /**
   * The ids of a text. Halves of surrogate pairs are encoded as U+FFFD.
   *
   * @throws {@link TokenizerError} `no-token` for a character that the vocabulary cannot write, `too-long` for a text that cannot be cut.
   */
  encode(text: string, options?: EncodeOptions): Int32Array;
  /**
   * The text of tokens. Control tokens are left out, or with `special` written as they are called. A space that
   * {@link Tokenizer.encode} puts before every text is taken away.
   *
   * @throws {@link TokenizerError} `out-of-range`.
   */
  decode(ids: Iterable<number>, options?: { readonly special?: boolean }): string;
  /** Decodes token by token what follows other text: a space at the start stays. */
  streamDecoder(options?: { readonly special?: boolean }): StreamDecoder;
  /** The bytes that a token stands for in a text; none for control tokens. @throws {@link TokenizerError} `out-of-range`. */
  bytes(id: number): Uint8Array;
  /** The text of a token as the file has it. @throws {@link TokenizerError} `out-of-range`. */
  text(id: number): string;
  /** Of what kind a token is. @throws {@link TokenizerError} `out-of-range`. */
  kind(id: number): TokenKind;
  /** Whether a special token takes the white space beside it. @throws {@link TokenizerError} `out-of-range`. */
  attributes(id: number): TokenAttributes;
  /** The token of this text, as the file has it. */
  idOf(text: string): number | undefined;
}

/**
 * Make the tokenizer that the metadata of a GGUF file describes.
 *
 * @throws {@link TokenizerError} when the vocabulary is missing, damaged, or of a kind that is not known here.
 */
export function createTokenizer(
  metadata: GgufMetadata,
  { dialect = 'original', file }: TokenizerOptions = {},
): Tokenizer {
  try {
    return readTokenizer(metadata, dialect);
  } catch (error) {
    throw error instanceof TokenizerError ? error.with({ file }) : error;
  }
}

function readTokenizer(metadata: GgufMetadata, dialect: Dialect): Tokenizer {
  const name = readModelName(metadata);
  const vocabulary = Vocabulary.read(metadata);
  const roles = readRoles(metadata, vocabulary, name);
  const endOfGeneration = readEndOfGeneration(vocabulary, roles);
  const attributes = readAttributes(metadata, vocabulary);
  const read = readModel(name, { metadata, vocabulary, roles, dialect });
  const { model } = read;
  const ends = readEnds(metadata, read, roles);
  const always = new SpecialTokens(vocabulary.ofKinds('userDefined'), attributes);
  const all = new SpecialTokens(vocabulary.ofKinds('userDefined', 'control', 'unknown'), attributes);
  const bytesOf = pieceBytes(vocabulary, model);

  return {
    ...roles,
    size: vocabulary.size,
    addsBeginning: ends.before !== undefined,
    addsEnd: ends.behind.includes(roles.end ?? -1),
    addsSeparator: ends.behind.includes(roles.separator ?? -1),
    endOfGeneration,
    encode(text, { addSpecial = true, parseSpecial = false } = {}) {
      const out = new IdList();
      if (addSpecial && ends.before !== undefined) out.push(ends.before);
      let isStart = true;
      for (const piece of (parseSpecial ? all : always).cut(text.toWellFormed())) {
        if (typeof piece === 'number') out.push(piece);
        else model.encode(piece, isStart, out);
        isStart = typeof piece === 'number';
      }
      if (addSpecial) for (const id of ends.behind) out.push(id);
      return out.toArray();
    },
    decode(ids, { special = false } = {}) {
      const decoder = new StreamDecoder(bytesOf(special));
      const pieces: string[] = [];
      for (const id of ids) pieces.push(decoder.push(id));
      pieces.push(decoder.finish());
      const text = pieces.join('');
      return model.addsSpace && text.startsWith(' ') ? text.slice(1) : text;
    },
    streamDecoder: ({ special = false } = {}) => new StreamDecoder(bytesOf(special)),
    bytes: bytesOf(false),
    text: (id) => vocabulary.text(id),
    kind: (id) => vocabulary.kind(id),
    attributes(id) {
      vocabulary.text(id);
      return attributes(id);
    },
    idOf: (text) => vocabulary.idOf(text),
  };
}

/** What is put before and behind a text. @throws {@link TokenizerError} `missing-key` for a token that the file asks for and does not name. */
function readEnds(
  metadata: GgufMetadata,
  { addsBeginning, addsEnd, endsWithSeparator }: ReadModel,
  roles: TokenRoles,
): { before: number | undefined; behind: readonly number[] } {
  const token = (id: number | undefined, key: string, usual: boolean): number | undefined => {
    const says = optionalFlag(metadata, `tokenizer.ggml.add_${key}_token`);
    if (says === true && id === undefined) {
      throw new TokenizerError(
        'missing-key',
        `tokenizer.ggml.add_${key}_token asks for a token that is not named`,
        {
          allowed: `tokenizer.ggml.${key}_token_id`,
        },
      );
    }
    return (says ?? usual) ? id : undefined;
  };
  const before = addsBeginning === 'always' ? roles.beginning : token(roles.beginning, 'bos', addsBeginning);
  const end = token(roles.end, 'eos', addsEnd);
  const behind = endsWithSeparator ? [end, roles.separator] : [end];
  return { before, behind: behind.filter((id) => id !== undefined) };
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** What each token is in a decoded text, in bytes. */
function pieceBytes(
  vocabulary: Vocabulary,
  model: TextModel,
): (special: boolean) => (id: number) => Uint8Array {
  return (special) => (id) => {
    const kind = vocabulary.kind(id);
    if (kind === 'control' || kind === 'unknown')
      return special ? encoder.encode(vocabulary.text(id)) : NOTHING;
    return kind === 'userDefined' ? encoder.encode(vocabulary.text(id)) : model.bytesOf(id);
  };
}
