import type { ToolDefinition } from '@halftone/chat';
import { ChatPrompter, RememberedAnswers } from '@halftone/conversation';
import type { Tokenizer } from '@halftone/tokenizer';
import { describe, expect, it } from 'vitest';
import { PromptReader } from '../src/engine/prompt-reader';

/** Reads with a template; no text is made into tokens here. */
function readerOf(template: string): PromptReader {
  const tokenizer = { size: 0 } as Tokenizer;
  const metadata = new Map([['tokenizer.chat_template', { type: 'string', value: template }]]);
  return new PromptReader({
    model: { tokenizer, vocabulary: 0 },
    prompter: new ChatPrompter(tokenizer, metadata),
    variables: {},
    answers: RememberedAnswers.create(),
    contextLength: 64,
    longestText: 1000,
  });
}

const messages = '{% for message in messages %}{{ message.content }}{% endfor %}';
const withTools =
  '{% if tools %}{% for tool in tools %}{{ tool | tojson }}{{ tool.function.parameters.type.upper() }}{% endfor %}{% endif %}';
const withVariables = '{% if depth %}{{ raise_exception("depth: " ~ depth) }}{% endif %}';
const hi = { role: 'user', content: 'Hi' } as const;
const tool = (parameters?: ToolDefinition['function']['parameters']): ToolDefinition => ({
  type: 'function',
  function: { name: 'f', ...(parameters === undefined ? {} : { parameters }) },
});

describe('a template that breaks', () => {
  const reader = readerOf(withTools + withVariables + messages);

  it.each([
    ['tools', { messages: [hi], tools: [tool({ type: 7 })] }],
    ['tools', { messages: [hi], tools: [tool({ type: 7 })], variables: { depth: 0 } }],
    ['variables', { messages: [hi], variables: { depth: 3 } }],
    ['variables', { messages: [hi], tools: [tool({ type: 'object' })], variables: { depth: 3 } }],
    // Neither alone is at fault.
    ['prompt', { messages: [hi], tools: [tool({ type: 7 })], variables: { depth: 3 } }],
  ])('breaks over the part without which it does not: %s', (part, chat) => {
    expect(() => reader.text(chat)).toThrow(expect.objectContaining({ code: 'bad-request', part }));
    expect(() => reader.read({ kind: 'chat', chat }, 'a')).toThrow(expect.objectContaining({ part }));
  });

  it('over the messages where they are at fault', () => {
    const refusing = readerOf(`{{ raise_exception("no") }}${withTools}${messages}`);
    const chat = { messages: [hi], tools: [tool({ type: 'object' })] };
    expect(() => refusing.text(chat)).toThrow(expect.objectContaining({ part: 'prompt' }));
  });

  it('and one without a place for tools says so of them', () => {
    expect(() => readerOf(messages).text({ messages: [hi], tools: [tool({})] })).toThrow(
      expect.objectContaining({ part: 'tools' }),
    );
  });
});
