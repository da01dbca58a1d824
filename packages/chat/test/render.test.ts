import { demoModel } from '@halftone/demo-model';
import { openGgufFile } from '@halftone/gguf-io/node';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  ChatError,
  chooseChatTemplate,
  compileChatTemplate,
  readChatTemplates,
  renderChat,
  type ChatErrorCode,
  type ChatMessage,
  type ToolDefinition,
} from '../src/index';
import { golden, template, templateNames } from './fixtures';

interface Conversation {
  readonly messages: readonly ChatMessage[];
  readonly tools?: 'tools' | 'oddTools';
  readonly addGenerationPrompt?: boolean;
}
const given = golden('conversations.json') as {
  now: string;
  tools: readonly ToolDefinition[];
  oddTools: readonly ToolDefinition[];
  conversations: Record<string, Conversation>;
};
const { now, conversations } = given;
type Rendered = { readonly text: string } | { readonly refused: string } | { readonly broken: string };
const rendered = golden('rendered.json') as Record<string, Record<string, Rendered>>;

const cases = templateNames.flatMap((name) =>
  Object.entries(conversations).map(([title, conversation]) => [name, title, conversation] as const),
);

function codeOf(act: () => unknown): ChatErrorCode | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof ChatError ? error.code : undefined;
  }
}

describe('templates of published models', () => {
  it.each(cases)('%s renders "%s" as Jinja2 does', (name, title, conversation) => {
    const expected = rendered[name]?.[title];
    const variables = {
      messages: conversation.messages,
      tools: conversation.tools === undefined ? null : given[conversation.tools],
      add_generation_prompt: conversation.addGenerationPrompt ?? true,
    };
    const render = () => template(name).render(variables, new Date(now));
    if (expected === undefined) throw new Error(`${name} was not rendered with "${title}"`);
    if ('text' in expected) expect(render()).toBe(expected.text);
    else if ('broken' in expected) expect(codeOf(render)).toBe('render-failed');
    else {
      expect(codeOf(render)).toBe('refused');
      expect(render).toThrow(expected.refused);
    }
  });

  it.each(templateNames)('%s: what fits is rendered as it is', (name) => {
    for (const title of ['question', 'system', 'dialogue', 'finished']) {
      const conversation = conversations[title];
      const expected = rendered[name]?.[title];
      if (conversation === undefined) throw new Error(`no conversation ${title}`);
      const { messages, addGenerationPrompt } = conversation;
      const request = { messages, addGenerationPrompt, now: new Date(now) };
      expect(renderChat(template(name), request)).toEqual({ ...expected, changes: [] });
    }
  });
});

describe('what a template can do', () => {
  it.each([
    [
      'demo-10M',
      { alternates: false, system: true, tools: true, calls: { argumentsAs: 'text', ids: 'any' } },
    ],
    [
      'mistralai-Ministral-3-14B-Reasoning-2512',
      { alternates: true, parts: true, calls: { argumentsAs: 'text' } },
    ],
    [
      'Mistral-Small-3.2-24B-Instruct-2506',
      { alternates: true, calls: { argumentsAs: 'object', ids: 'nine' } },
    ],
    ['mistralai-Mistral-Nemo-Instruct-2407', { alternates: true, parts: false, calls: { ids: 'nine' } }],
    ['Qwen-Qwen2.5-7B-Instruct', { alternates: false, calls: { argumentsAs: 'object', ids: 'any' } }],
    ['Qwen-Qwen3-0.6B', { calls: { argumentsAs: 'text' } }],
    ['deepseek-ai-DeepSeek-R1-Distill-Qwen-32B', { tools: false }],
    ['microsoft-Phi-3.5-mini-instruct', { tools: false, calls: undefined, contentAs: 'text' }],
  ])('%s', (name, expected) => {
    expect(template(name).abilities).toMatchObject(expected);
  });

  it('is found out for content that has to be parts, and for a template that loops over tools unasked', () => {
    const source =
      '{% for tool in tools %}{{ tool.function.name }} {% endfor %}' +
      '{% for message in messages %}{% for part in message.content %}{{ part.text }}{% endfor %}{% endfor %}';
    const { abilities } = compileChatTemplate(source);
    expect(abilities).toMatchObject({ contentAs: 'parts', parts: true, noTools: [], tools: true });
    const messages = [{ role: 'user', content: 'Hello' }] as const;
    expect(renderChat(compileChatTemplate(source), { messages }).text).toBe('Hello');
  });
});

describe('templates in metadata', () => {
  it('are found in the demo model, with its special tokens', async () => {
    const file = await openGgufFile(fileURLToPath(demoModel.model));
    const templates = readChatTemplates(file.metadata);
    await file.close();
    expect([...templates.keys()]).toEqual(['default']);
    const found = chooseChatTemplate(templates, { withTools: true });
    // The fixture is what the goldens were made of.
    expect(found.source).toBe(readFileSync(new URL('templates/demo-10M.jinja', import.meta.url), 'utf8'));
    const messages = [{ role: 'user', content: 'Hello' }] as const;
    expect(renderChat(found, { messages }).text).toBe('<s>[INST]Hello[/INST]');
  });

  const metadata = new Map<string, { type: string; value: unknown }>([
    ['tokenizer.chat_template', { type: 'string', value: 'plain {{ bos_token }}{{ eos_token }}' }],
    ['tokenizer.chat_template.tool_use', { type: 'string', value: 'tools' }],
    ['tokenizer.chat_template.rag', { type: 'string', value: 'rag' }],
    ['tokenizer.chat_templates', { type: 'array', value: ['tool_use', 'rag'] }],
    ['tokenizer.ggml.tokens', { type: 'array', value: ['<a>', '<b>'] }],
    ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: 1 }],
    ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 0xffffffff }],
  ]);

  it('are chosen by name, by tools, or by default', () => {
    const templates = readChatTemplates(metadata);
    expect([...templates.keys()]).toEqual(['default', 'tool_use', 'rag']);
    const text = (choice?: Parameters<typeof chooseChatTemplate>[1]) =>
      chooseChatTemplate(templates, choice).render({ messages: [] });
    expect([text(), text({ withTools: true }), text({ name: 'rag', withTools: true })]).toEqual([
      'plain <b>',
      'tools',
      'rag',
    ]);
    expect(() => text({ name: 'none' })).toThrow(/found default, tool_use, rag/);
    expect(codeOf(() => chooseChatTemplate(new Map()))).toBe('no-template');
  });

  it.each<[string, { type: string; value: unknown }, ChatErrorCode]>([
    ['tokenizer.chat_template', { type: 'uint32', value: 7 }, 'wrong-type'],
    ['tokenizer.chat_template', { type: 'string', value: '{% if %}' }, 'bad-template'],
    ['tokenizer.chat_template', { type: 'string', value: 'x'.repeat(2_000_000) }, 'bad-template'],
    ['tokenizer.ggml.tokens', { type: 'uint32', value: 7 }, 'wrong-type'],
    ['tokenizer.ggml.bos_token_id', { type: 'string', value: 'x' }, 'wrong-type'],
  ])('%s with a wrong value is refused', (key, value, code) => {
    expect(codeOf(() => readChatTemplates(new Map([...metadata, [key, value]])))).toBe(code);
  });

  it('that ends within an expression is told so', () => {
    const cut = { type: 'string', value: '{{' };
    expect(() => readChatTemplates(new Map([...metadata, ['tokenizer.chat_template', cut]]))).toThrow(
      /found its end, within an expression/,
    );
  });
});

describe('a hostile template', () => {
  const messages = [{ role: 'user', content: 'x' }] as const;
  it.each<[string, string, ChatErrorCode]>([
    ['a long range', '{% for i in range(1000000000) %}{% endfor %}', 'too-much-work'],
    ['a step of nothing', '{% for i in range(0, 1, 0) %}{% endfor %}', 'too-much-work'],
    ['a loop with nothing in it', '{% set r = range(900000) %}{% for i in r %}{% endfor %}', 'too-much-work'],
    ['a loop with a test', '{% set r = range(900000) %}{% for i in r if i %}{% endfor %}', 'too-much-work'],
    [
      'an array that doubles',
      '{% set ns = namespace(a=[1]) %}{% for i in range(99) %}{% set ns.a = ns.a + ns.a %}{% endfor %}',
      'too-much-work',
    ],
    [
      'text that doubles',
      '{% set ns = namespace(a="x") %}{% for i in range(99) %}{% set ns.a = ns.a + ns.a %}{% endfor %}',
      'too-much-work',
    ],
    ['text that is repeated', '{{ "x" * 2000000000 }}', 'too-much-work'],
    [
      'a list of itself that is written out',
      '{% set ns = namespace(a=[1]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }}',
      'too-much-work',
    ],
    [
      'a list of itself that is written as JSON',
      '{% set ns = namespace(a=[1]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a | tojson }}',
      'too-much-work',
    ],
    [
      'lists of themselves that are compared',
      '{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a == ns.b }}',
      'too-much-work',
    ],
    ['JSON with a wide indent', '{{ [1] | tojson(indent=2000000000) }}', 'too-much-work'],
    [
      'space that is stripped',
      '{{ ("a" ~ " " * 1000000 ~ "b").strip() | length }}{{ raise_exception("done") }}',
      'refused',
    ],
    ['a macro that calls itself', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}', 'render-failed'],
    ['an unknown filter', '{{ messages | nonsense }}', 'render-failed'],
    ['its own refusal', '{{ raise_exception("No.") }}', 'refused'],
  ])('%s ends with an error', (_, source, code) => {
    expect(codeOf(() => compileChatTemplate(source).render({ messages }))).toBe(code);
  });

  it.each([
    ['{{ messages | select("odds") | list }}', "there is no test 'odds'"],
    ['{{ messages | reject(messages) | list }}', "a test has a name, which is no 'list'"],
  ])('%s is told its mistake', (source, message) => {
    expect(() => compileChatTemplate(source).render({ messages })).toThrow(message);
  });

  it('cannot be confused by variables with the names of its functions', () => {
    const text = '{{ strftime_now("%d %B %Y, %A %H:%M:%S %p %I %b %a %y %m %q%%") }}';
    const variables = { strftime_now: 'x', raise_exception: 'x', none: 1 };
    expect(compileChatTemplate(text).render(variables, new Date(now))).toBe(
      '03 February 2026, Tuesday 16:05:09 PM 04 Feb Tue 26 02 %q%',
    );
    expect(codeOf(() => compileChatTemplate(text).render({ namespace: 1 }))).toBe('render-failed');
  });
});
