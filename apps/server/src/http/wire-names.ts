import type { RequestPart } from '../engine/error';

/** The names that an API has for the parts of a request that may be at fault. */
export type WireNames = Readonly<Partial<Record<RequestPart, string>>>;

const chat = {
  prompt: 'messages',
  tools: 'tools',
  variables: 'chat_template_kwargs',
  calls: 'tool_choice',
  json: 'response_format',
  grammar: 'grammar',
  pattern: 'guided_regex',
  texts: 'n',
} as const satisfies WireNames;

/** By door. */
export const wireNames = {
  chat,
  completions: { ...chat, prompt: 'prompt' },
  plainCompletion: { ...chat, prompt: 'prompt', json: 'json_schema' },
  responses: { ...chat, prompt: 'input', json: 'text.format' },
  anthropic: { prompt: 'messages', tools: 'tools', calls: 'tool_choice' },
  ollamaChat: { prompt: 'messages', tools: 'tools', json: 'format' },
  ollamaGenerate: { prompt: 'prompt', json: 'format' },
  input: { prompt: 'input' },
  content: { prompt: 'content' },
  slot: { slot: 'id', file: 'filename' },
} as const satisfies Readonly<Record<string, WireNames>>;
