import type { GgufMetadata } from '@halftone/gguf-io';
import { optionalId, optionalText } from './metadata';
import type { TokenAttributes } from './special-tokens';
import type { ModelName } from './text-models';
import type { Vocabulary } from './vocabulary';

/** What tokens a vocabulary has for the needs of a model. Each is an id, or `undefined` where it has none. */
export interface TokenRoles {
  /** Begins a text. */
  readonly beginning: number | undefined;
  /** Ends a text. */
  readonly end: number | undefined;
  /** Ends a turn of a conversation. */
  readonly endOfTurn: number | undefined;
  /** Ends a message after which the model waits for a tool. */
  readonly endOfMessage: number | undefined;
  /** In the place of what is no token. */
  readonly unknown: number | undefined;
  /** Between two texts. */
  readonly separator: number | undefined;
  /** Fills up a batch. */
  readonly padding: number | undefined;
  /** In the place of a word that is to be guessed. */
  readonly mask: number | undefined;
  /** Before the text before a gap, before the text behind it, and before what fills it. */
  readonly fillPrefix: number | undefined;
  readonly fillSuffix: number | undefined;
  readonly fillMiddle: number | undefined;
  /** For code of a repository: fills up, begins a repository, begins a file. */
  readonly fillPadding: number | undefined;
  readonly fillRepository: number | undefined;
  readonly fillFile: number | undefined;
}

interface Role {
  /** Keys of the metadata behind `tokenizer.ggml.`; the first that is there says it. */
  readonly keys: readonly string[];
  /** What vocabularies call it, where the metadata says nothing. */
  readonly texts: readonly string[];
}

/** Keys and texts as llama.cpp knows them (`src/llama-vocab.cpp`, release v0.5.0). "seperator" is how files spell it. */
const roles = {
  beginning: { keys: ['bos_token_id'], texts: [] },
  end: { keys: ['eos_token_id'], texts: [] },
  endOfTurn: {
    keys: ['eot_token_id'],
    texts: [
      ...[
        '<|eot_id|>',
        '<|im_end|>',
        '<|end|>',
        '<end_of_turn>',
        '<|endoftext|>',
        '<|end_of_text|>',
        '<EOT>',
      ],
      ...['_<EOT>', '[EOT]', '<\uff5cend\u2581of\u2581sentence\uff5c>', '<end_of_utterance>'],
    ],
  },
  endOfMessage: { keys: ['eom_token_id'], texts: ['<|eom_id|>'] },
  unknown: { keys: ['unknown_token_id'], texts: [] },
  separator: { keys: ['seperator_token_id'], texts: [] },
  padding: { keys: ['padding_token_id'], texts: [] },
  mask: { keys: ['mask_token_id'], texts: [] },
  fillPrefix: {
    keys: ['fim_pre_token_id', 'prefix_token_id'],
    texts: [
      ...['<|fim_prefix|>', '<fim-prefix>', '<fim_prefix>', '<\uff5cfim\u2581begin\uff5c>', '<PRE>'],
      ...['\u2581<PRE>', '<|code_prefix|>', '<|prefix|>'],
    ],
  },
  fillSuffix: {
    keys: ['fim_suf_token_id', 'suffix_token_id'],
    texts: [
      ...['<|fim_suffix|>', '<fim-suffix>', '<fim_suffix>', '<\uff5cfim\u2581hole\uff5c>', '<SUF>'],
      ...['\u2581<SUF>', '<|code_suffix|>', '<|suffix|>'],
    ],
  },
  fillMiddle: {
    keys: ['fim_mid_token_id', 'middle_token_id'],
    texts: [
      ...['<|fim_middle|>', '<fim-middle>', '<fim_middle>', '<\uff5cfim\u2581end\uff5c>', '<MID>'],
      ...['\u2581<MID>', '<|code_middle|>', '<|middle|>'],
    ],
  },
  fillPadding: {
    keys: ['fim_pad_token_id'],
    texts: ['<|fim_pad|>', '<fim-pad>', '<fim_pad>', '<PAD>', '[PAD]'],
  },
  fillRepository: {
    keys: ['fim_rep_token_id'],
    texts: ['<|fim_repo|>', '<|repo_name|>', '<fim-repo>', '<REPO>', '<reponame>'],
  },
  fillFile: { keys: ['fim_sep_token_id'], texts: ['<|file_sep|>'] },
} as const satisfies Record<keyof TokenRoles, Role>;

/** Texts of tokens that end what a model says, whatever the metadata names. */
const endTexts = [
  ...[
    '<|eot_id|>',
    '<|im_end|>',
    '<|end|>',
    '<|return|>',
    '<|call|>',
    '<|flush|>',
    '<|calls|>',
    '<end_of_turn>',
  ],
  ...['<|endoftext|>', '</s>', '<|eom_id|>', '<EOT>', '_<EOT>', '[EOT]', '[EOS]', '<|end_of_text|>'],
  ...[
    '<end_of_utterance>',
    '<eos>',
    '<turn|>',
    '<|tool_response>',
    '<\uff5cend\u2581of\u2581sentence\uff5c>',
    '[e~[',
  ],
];

/** Parts of a message in the format of gpt-oss: what follows them cannot be told apart without them, so they are always shown. */
const shownTexts = ['<|channel|>', '<|message|>', '<|start|>', '<|constrain|>'];

/** Ids of a role where the metadata says nothing, by `tokenizer.ggml.model`: those of the first models of the kind. */
const usualIds: Readonly<Partial<Record<ModelName, Partial<TokenRoles>>>> = {
  llama: { beginning: 1, end: 2, unknown: 0 },
  bert: { beginning: 101, unknown: 100, separator: 102, padding: 0, mask: 103 },
  t5: { end: 1, unknown: 2, padding: 0 },
};

/**
 * Find out which token has which role. Tokens that have one by their text alone become control tokens.
 *
 * @throws {@link TokenizerError} when the metadata names a token that there is not.
 */
export function readRoles(metadata: GgufMetadata, vocabulary: Vocabulary, model: ModelName): TokenRoles {
  const idOf = (name: keyof TokenRoles): number | undefined => {
    const { keys, texts }: Role = roles[name];
    for (const key of keys) {
      const id = optionalId(metadata, `tokenizer.ggml.${key}`, vocabulary.size);
      if (id !== undefined) return id;
    }
    const usual = usualIds[model]?.[name];
    if (usual !== undefined && usual < vocabulary.size) return usual;
    const byText = texts.map((text) => vocabulary.idOf(text)).find((id) => id !== undefined);
    if (byText !== undefined) vocabulary.setKind(byText, 'control');
    return byText;
  };
  const names = Object.keys(roles) as (keyof TokenRoles)[];
  return Object.fromEntries(names.map((name) => [name, idOf(name)])) as unknown as TokenRoles;
}

/** Find the tokens that end what a model says. They become control tokens. The rules, exceptions included, are llama.cpp's. */
export function readEndOfGeneration(vocabulary: Vocabulary, roles: TokenRoles): ReadonlySet<number> {
  const ids = new Set<number>();
  const add = (id: number | undefined): void => {
    if (id !== undefined) ids.add(id);
  };
  [roles.fillPadding, roles.fillRepository, roles.fillFile].forEach(add);
  for (const text of endTexts) {
    const id = vocabulary.idOf(text);
    if (id === undefined) continue;
    vocabulary.setKind(id, 'control');
    ids.add(id);
  }
  [roles.end, roles.endOfTurn, roles.endOfMessage].forEach(add);
  for (const text of shownTexts) {
    const id = vocabulary.idOf(text);
    if (id !== undefined) vocabulary.setKind(id, 'userDefined');
  }
  const has = (text: string): boolean => ids.has(vocabulary.idOf(text) ?? -1);
  const hasCall = has('<|call|>') || has('<|calls|>');
  // In the formats of gpt-oss and Solar this ends a message of several.
  if (hasCall && (has('<|return|>') || has('<|flush|>'))) takeOut(vocabulary, ids, '<|end|>', 'userDefined');
  // In Gemma 4 this is an ordinary piece of text.
  if (has('</s>') && has('<|tool_response>')) takeOut(vocabulary, ids, '</s>', 'normal');
  return ids;
}

function takeOut(
  vocabulary: Vocabulary,
  ids: Set<number>,
  text: string,
  kind: 'normal' | 'userDefined',
): void {
  const id = vocabulary.idOf(text);
  if (id === undefined) return;
  ids.delete(id);
  vocabulary.setKind(id, kind);
}

const plain: TokenAttributes = { leftStrip: false, rightStrip: false };

/**
 * Which special tokens take the white space beside them. Files do not say it: llama.cpp knows some models by their names, and this
 * follows it.
 */
export function readAttributes(
  metadata: GgufMetadata,
  vocabulary: Vocabulary,
): (id: number) => TokenAttributes {
  const pre = optionalText(metadata, 'tokenizer.ggml.pre') ?? '';
  const architecture = optionalText(metadata, 'general.architecture') ?? '';
  const name = (optionalText(metadata, 'general.name') ?? '').toLowerCase();
  const named = (text: string): ReadonlySet<number> =>
    new Set([vocabulary.idOf(text)].filter((id) => id !== undefined));
  const only = (ids: ReadonlySet<number>, attributes: TokenAttributes) => (id: number) =>
    ids.has(id) ? attributes : plain;
  const takesSpaceBefore = { leftStrip: true, rightStrip: false };
  if (
    /jina-v2-(?:de|es|code)/.test(pre) ||
    architecture.includes('nomic-bert-moe') ||
    architecture.includes('jina-bert-v3')
  ) {
    return only(named('<mask>'), takesSpaceBefore);
  }
  if (/phi-?3/.test(name)) {
    const plainTexts = ['<unk>', '<s>', '<|endoftext|>'];
    const special = [...vocabulary.ofKinds('control', 'userDefined', 'unknown')];
    const ids = special.filter(([text]) => !plainTexts.includes(text)).map(([, id]) => id);
    return only(new Set([...ids, ...named('</s>')]), { leftStrip: false, rightStrip: true });
  }
  return name.includes('modern-bert') ? only(named('[MASK]'), takesSpaceBefore) : () => plain;
}
