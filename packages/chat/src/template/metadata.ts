import { ChatError } from '../error';
import { compileChatTemplate, type ChatTemplate, type SpecialTokenTexts } from './template';

/** Metadata of a GGUF file as gguf-io reads it: of its values, only what this package looks at. */
export type TemplateMetadata = ReadonlyMap<string, { readonly type: string; readonly value: unknown }>;

/** The key of GGUF for the chat template of a model, with which those of further ones begin. */
export const CHAT_TEMPLATE_KEY = 'tokenizer.chat_template';
const NAMED_PREFIX = `${CHAT_TEMPLATE_KEY}.`;
const DEFAULT_NAME = 'default';
/** The name that Hugging Face's repositories give to the template for requests with tools. */
const TOOLS_NAME = 'tool_use';

/** Names of transformers, and the keys of GGUF that hold their ids (`seperator` is spelled so there). */
const tokenKeys = {
  bos_token: 'tokenizer.ggml.bos_token_id',
  eos_token: 'tokenizer.ggml.eos_token_id',
  unk_token: 'tokenizer.ggml.unknown_token_id',
  sep_token: 'tokenizer.ggml.seperator_token_id',
  pad_token: 'tokenizer.ggml.padding_token_id',
  cls_token: 'tokenizer.ggml.cls_token_id',
  mask_token: 'tokenizer.ggml.mask_token_id',
} as const;

/**
 * The chat templates of a GGUF file by name: `default` is `tokenizer.chat_template`, the others are
 * `tokenizer.chat_template.NAME`, which `tokenizer.chat_templates` lists too.
 *
 * @throws {@link ChatError} `wrong-type`, and `bad-template` for a template that cannot be read.
 */
export function readChatTemplates(metadata: TemplateMetadata): ReadonlyMap<string, ChatTemplate> {
  const tokens = specialTokenTexts(metadata);
  const templates = new Map<string, ChatTemplate>();
  for (const [key, { type, value }] of metadata) {
    const name = templateName(key);
    if (name === undefined) continue;
    if (typeof value !== 'string') throw wrongType(key, type, 'a text');
    templates.set(name, compileChatTemplate(value, tokens));
  }
  return templates;
}

/**
 * The template for a request: the one that is named, else with tools the one called `tool_use` if there is one, else the
 * default.
 *
 * @throws {@link ChatError} `no-template`.
 */
export function chooseChatTemplate(
  templates: ReadonlyMap<string, ChatTemplate>,
  { name, withTools = false }: { readonly name?: string; readonly withTools?: boolean } = {},
): ChatTemplate {
  const forTools = withTools ? templates.get(TOOLS_NAME) : undefined;
  const template = name === undefined ? (forTools ?? templates.get(DEFAULT_NAME)) : templates.get(name);
  if (template !== undefined) return template;
  const names = [...templates.keys()].join(', ');
  throw new ChatError('no-template', `the model has no chat template ${name ?? DEFAULT_NAME}`, {
    found: names === '' ? 'none' : names,
    advice: 'Name one that is there, or use the model without a template.',
  });
}

function templateName(key: string): string | undefined {
  if (key === CHAT_TEMPLATE_KEY) return DEFAULT_NAME;
  return key.startsWith(NAMED_PREFIX) ? key.slice(NAMED_PREFIX.length) : undefined;
}

function specialTokenTexts(metadata: TemplateMetadata): SpecialTokenTexts {
  const tokens = metadata.get('tokenizer.ggml.tokens');
  if (tokens === undefined) return {};
  if (!isTextArray(tokens.value)) throw wrongType('tokenizer.ggml.tokens', tokens.type, 'an array of texts');
  const texts = tokens.value;
  const found = Object.entries(tokenKeys).map(([name, key]) => [name, texts.at(idOf(metadata, key))]);
  return Object.fromEntries(found.filter(([, text]) => text !== undefined)) as SpecialTokenTexts;
}

/** The id of a key; what is no id of any token if there is none. */
function idOf(metadata: TemplateMetadata, key: string): number {
  const entry = metadata.get(key);
  if (entry === undefined) return Infinity;
  if (typeof entry.value === 'number' || typeof entry.value === 'bigint') return Number(entry.value);
  throw wrongType(key, entry.type, 'a whole number');
}

function isTextArray(value: unknown): value is { at(index: number): string | undefined } {
  return typeof value === 'object' && value !== null && 'at' in value && typeof value.at === 'function';
}

function wrongType(key: string, found: string, allowed: string): ChatError {
  const advice = 'Convert the model again, or correct its metadata.';
  return new ChatError('wrong-type', `${key} has a wrong type`, { found, allowed, advice });
}
