import type { GgufMetadata } from '@halftone/gguf-io';
import { bytePairModel } from './byte-pair-model';
import { TokenizerError } from './error';
import { sentencePieceModel } from './sentence-piece-model';
import { SpecialTokens } from './special-tokens';
import { StreamDecoder } from './stream-decoder';
import type { TextModel } from './text-model';
import {
  optionalFlag,
  optionalId,
  optionalText,
  readVocabulary,
  type TokenKind,
  type Vocabulary,
} from './vocabulary';

/** How a text is encoded. */
export interface EncodeOptions {
  /** Begin and end as texts of the model do. True if left out. */
  readonly addSpecial?: boolean;
  /** Take text that looks like a control token for one. Leave it out for text of users. */
  readonly parseSpecial?: boolean;
}

/** Text to ids and back. */
export interface Tokenizer {
  /** Tokens of the vocabulary. */
  readonly size: number;
  /** The token that begins a text, if the vocabulary has one. */
  readonly beginning: number | undefined;
  /** The token that ends a text. */
  readonly end: number | undefined;
  /** Whether texts begin and end with these. */
  readonly addsBeginning: boolean;
  readonly addsEnd: boolean;
  /** Tokens with which a model says that its turn is over. */
  readonly endOfGeneration: ReadonlySet<number>;
  encode(text: string, options?: EncodeOptions): Int32Array;
  /** The text of tokens. Control tokens are left out, or with `special` written as they are called. */
  decode(ids: Iterable<number>, options?: { readonly special?: boolean }): string;
  /** Decodes token by token, as {@link Tokenizer.decode} does. */
  streamDecoder(options?: { readonly special?: boolean }): StreamDecoder;
  /** The text of a token as the file has it. @throws `TokenizerError` `out-of-range`. */
  text(id: number): string;
  kind(id: number): TokenKind;
  /** The token of this text, as the file has it. */
  idOf(text: string): number | undefined;
}

/** What vocabularies call the tokens that end a turn, besides those that the metadata names (llama.cpp, llama-vocab.cpp). */
const endTexts = [
  ...['<|eot_id|>', '<|im_end|>', '<|end|>', '<end_of_turn>', '<|endoftext|>', '<|eom_id|>', '<EOT>'],
  ...['<|end_of_text|>', '<|return|>', '<|call|>', '<|eot|>', '<turn|>'],
];

/**
 * Make the tokenizer that the metadata of a GGUF file describes.
 *
 * @throws {@link TokenizerError} when the vocabulary is missing, damaged, or of a kind that is not known here.
 */
export function createTokenizer(metadata: GgufMetadata): Tokenizer {
  const vocabulary = readVocabulary(metadata);
  const size = vocabulary.texts.length;
  const { model, addsBeginning: usual } = textModelOf(metadata, vocabulary);
  const id = (key: string): number | undefined => optionalId(metadata, `tokenizer.ggml.${key}`, size);
  const beginning = id('bos_token_id');
  const end = id('eos_token_id');
  const addsBeginning =
    beginning !== undefined && (optionalFlag(metadata, 'tokenizer.ggml.add_bos_token') ?? usual);
  const addsEnd = end !== undefined && (optionalFlag(metadata, 'tokenizer.ggml.add_eos_token') ?? false);
  const ends = [
    end,
    id('eot_token_id'),
    id('eom_token_id'),
    ...endTexts.map((text) => controlToken(vocabulary, text)),
  ];
  const always = new SpecialTokens(tokensOf(vocabulary, ['userDefined']));
  const all = new SpecialTokens(tokensOf(vocabulary, ['userDefined', 'control', 'unknown']));
  const bytesOf = pieceBytes(vocabulary, model);

  return {
    size,
    beginning,
    end,
    addsBeginning,
    addsEnd,
    endOfGeneration: new Set(ends.filter((one) => one !== undefined)),
    encode(text, { addSpecial = true, parseSpecial = false } = {}) {
      const out: number[] = [];
      let isStart = true;
      if (addSpecial && addsBeginning) out.push(beginning);
      for (const piece of (parseSpecial ? all : always).cut(text)) {
        if (typeof piece === 'number') out.push(piece);
        else model.encode(piece, isStart, out);
        isStart = typeof piece === 'number';
      }
      if (addSpecial && addsEnd) out.push(end);
      return Int32Array.from(out);
    },
    decode(ids, { special = false } = {}) {
      const decoder = new StreamDecoder(bytesOf(special));
      let text = '';
      for (const one of ids) text += decoder.push(one);
      text += decoder.finish();
      return model.addsSpace && text.startsWith(' ') ? text.slice(1) : text;
    },
    streamDecoder: ({ special = false } = {}) => new StreamDecoder(bytesOf(special)),
    text: (one) => textOf(vocabulary, one),
    kind: (one) => vocabulary.kind(one),
    idOf: (text) => vocabulary.ids.get(text),
  };
}

function textModelOf(
  metadata: GgufMetadata,
  vocabulary: Vocabulary,
): { model: TextModel; addsBeginning: boolean } {
  const name = optionalText(metadata, 'tokenizer.ggml.model');
  if (name === 'gpt2') {
    const model = bytePairModel(metadata, vocabulary);
    return { model, addsBeginning: model.addsBeginning };
  }
  if (name === 'llama') return { model: sentencePieceModel(metadata, vocabulary), addsBeginning: true };
  throw new TokenizerError('unknown-model', 'a vocabulary of this kind cannot be used here', {
    found: name ?? 'none',
    allowed: 'gpt2 (byte pairs), llama (SentencePiece)',
  });
}

function controlToken(vocabulary: Vocabulary, text: string): number | undefined {
  const id = vocabulary.ids.get(text);
  return id !== undefined && ['control', 'userDefined'].includes(vocabulary.kind(id)) ? id : undefined;
}

function* tokensOf(
  vocabulary: Vocabulary,
  kinds: readonly TokenKind[],
): Generator<readonly [text: string, id: number], void, undefined> {
  for (const [text, id] of vocabulary.ids) if (kinds.includes(vocabulary.kind(id))) yield [text, id];
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** What each token is in a decoded text, in bytes. */
function pieceBytes(
  vocabulary: Vocabulary,
  model: TextModel,
): (special: boolean) => (id: number) => Uint8Array {
  return (special) => (id) => {
    const text = textOf(vocabulary, id);
    const kind = vocabulary.kind(id);
    if (kind === 'control' || kind === 'unknown') return special ? encoder.encode(text) : NOTHING;
    return kind === 'userDefined' ? encoder.encode(text) : model.bytesOf(id);
  };
}

function textOf({ texts }: Vocabulary, id: number): string {
  const text = texts[id];
  if (text !== undefined) return text;
  throw new TokenizerError('out-of-range', 'there is no such token', {
    found: id,
    allowed: `0 to ${texts.length - 1}`,
  });
}
