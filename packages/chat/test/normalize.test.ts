import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ChatError,
  compileChatTemplate,
  normalizeMessages,
  renderChat,
  type ChatMessage,
  type TemplateAbilities,
} from '../src/index';
import { template } from './fixtures';

const easy: TemplateAbilities = {
  contentAs: 'text',
  parts: true,
  reasoningAsPart: false,
  system: true,
  alternates: false,
  calls: { argumentsAs: 'text', emptyContent: '', ids: 'any', several: true },
  tools: true,
  noTools: null,
};

/** Messages in short: role, content, and what belongs to calls. */
function short(messages: readonly ChatMessage[], abilities: Partial<TemplateAbilities> = {}) {
  const normalized = normalizeMessages(messages, { ...easy, ...abilities });
  return {
    changes: normalized.changes,
    messages: normalized.messages.map((message) => {
      const calls = (message['tool_calls'] ?? []) as { id: string; function: { name: string } }[];
      const id = message['tool_call_id'] as string | undefined;
      return [
        message['role'],
        message['content'],
        ...calls.map((call) => `${call.function.name}#${call.id}`),
        ...(id === undefined ? [] : [`#${id}`]),
      ];
    }),
  };
}

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });
const system = (content: string): ChatMessage => ({ role: 'system', content });
const call = (...ids: (string | undefined)[]): ChatMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id, index) => ({ id, function: { name: `f${index}`, arguments: '{}' } })),
});
const result = (content: string, id?: string): ChatMessage => ({ role: 'tool', content, tool_call_id: id });

describe('content', () => {
  it('of text parts becomes one text, of nothing an empty one', () => {
    const parts = [
      { type: 'text', text: 'One' },
      { type: 'text', text: 'Two' },
    ];
    expect(short([{ role: 'user', content: parts }, { role: 'assistant', content: [] }, user('x')])).toEqual({
      messages: [['user', 'One\nTwo\n\nx']],
      changes: ['empty-dropped', 'merged'],
    });
    const refusal = { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] } as const;
    expect(short([refusal]).messages).toEqual([['assistant', 'No.']]);
  });

  it('with an image stays parts where the template knows parts, and is refused elsewhere', () => {
    const image = { type: 'image_url', image_url: { url: 'data:' } };
    const messages: ChatMessage[] = [
      user('a'),
      { role: 'user', content: [{ type: 'text', text: 'b' }, image] },
    ];
    const text = (value: string) => ({ type: 'text', text: value });
    expect(short(messages).messages).toEqual([['user', [text('a'), text('b'), image]]]);
    expect(() => short(messages, { parts: false })).toThrow(/found image_url, allowed text/);
  });

  it('is given as parts to a template that wants them', () => {
    expect(short([user('a')], { contentAs: 'parts' }).messages).toEqual([
      ['user', [{ type: 'text', text: 'a' }]],
    ]);
  });

  it('beside calls is null where the template asks for it', () => {
    const calls = { argumentsAs: 'text', emptyContent: null, ids: 'any', several: true } as const;
    expect(short([user('a'), call('x')], { calls }).messages).toEqual([
      ['user', 'a'],
      ['assistant', null, 'f0#x'],
    ]);
  });

  it('has the reasoning as a part where the template wants it so', () => {
    const thoughtful: ChatMessage = { role: 'assistant', content: 'b', reasoning_content: 'r' };
    const silent = { ...call('x'), reasoning_content: 'r' } as ChatMessage;
    const ministral = template('mistralai-Ministral-3-14B-Reasoning-2512');
    const messages = [system('s'), user('a'), thoughtful, user('c'), silent];
    expect(renderChat(ministral, { messages }).text).toBe(
      '<s>[SYSTEM_PROMPT]s[/SYSTEM_PROMPT][INST]a[/INST][THINK]r[/THINK]b</s>' +
        '[INST]c[/INST][THINK]r[/THINK][TOOL_CALLS]f0[ARGS]{}</s>',
    );
    expect(renderChat(template('Qwen-Qwen3-0.6B'), { messages: [user('a'), thoughtful] }).text).toContain(
      '<think>\nr\n</think>\n\nb',
    );
  });

  it('keeps reasoning and names', () => {
    const messages: ChatMessage[] = [
      { role: 'user', content: 'a', name: 'Ada' },
      { role: 'assistant', content: 'b', reasoning_content: 'r' },
    ];
    expect(normalizeMessages(messages, easy).messages).toEqual([
      { role: 'user', content: 'a', name: 'Ada' },
      { role: 'assistant', content: 'b', reasoning_content: 'r', thinking: 'r' },
    ]);
  });
});

describe('roles', () => {
  it('developer is system, and several at the head are one', () => {
    expect(short([{ role: 'developer', content: 'a' }, system('b'), user('c')])).toEqual({
      messages: [
        ['system', 'a\n\nb'],
        ['user', 'c'],
      ],
      changes: ['merged'],
    });
  });

  it('late system messages become what the user says, where they stand', () => {
    expect(short([system('a'), user('b'), assistant('c'), system('d'), user('e')])).toEqual({
      messages: [
        ['system', 'a'],
        ['user', 'b'],
        ['assistant', 'c'],
        ['user', 'd\n\ne'],
      ],
      changes: ['system-folded', 'merged'],
    });
  });

  it('a system message that has no place becomes the beginning of what the user says', () => {
    expect(short([system('a'), user('b')], { system: false })).toEqual({
      messages: [['user', 'a\n\nb']],
      changes: ['system-folded'],
    });
    expect(short([system('a')], { system: false }).messages).toEqual([['user', 'a']]);
    expect(short([system('a'), assistant('b')], { system: false }).messages).toEqual([
      ['user', 'a'],
      ['assistant', 'b'],
    ]);
  });

  it('turns are inserted only where a template asks for turns', () => {
    const messages = [assistant('a'), user('b'), call('x'), result('r', 'x'), user('c')];
    expect(short(messages).changes).toEqual([]);
    expect(short(messages, { alternates: true })).toEqual({
      messages: [
        ['user', 'Hello.'],
        ['assistant', 'a'],
        ['user', 'b'],
        ['assistant', '', 'f0#x'],
        ['tool', 'r', '#x'],
        ['assistant', 'Done.'],
        ['user', 'c'],
      ],
      changes: ['turn-inserted', 'turn-inserted'],
    });
  });
});

describe('calls', () => {
  it('get the ids that are missing, the same every time', () => {
    const messages = [user('a'), call(undefined, ''), result('r'), result('s')];
    const first = short(messages);
    expect(first.changes).toEqual(['id-made', 'id-made', 'result-paired', 'result-paired']);
    const ids = first.messages[1]?.slice(2).map((text) => String(text).split('#')[1]) ?? [];
    expect(ids.map((id) => /^[a-zA-Z0-9]{9}$/.test(id ?? ''))).toEqual([true, true]);
    expect(ids[0]).not.toBe(ids[1]);
    expect(first.messages.slice(2)).toEqual([
      ['tool', 'r', `#${ids[0]}`],
      ['tool', 's', `#${ids[1]}`],
    ]);
    expect(short([...messages, assistant('more')]).messages.slice(0, 4)).toEqual(first.messages);
  });

  it('get ids of nine letters and digits where the template asks for them, results too', () => {
    const calls = { argumentsAs: 'text', emptyContent: '', ids: 'nine', several: true } as const;
    const messages = [
      user('a'),
      call('call_1', 'abcdef123'),
      result('r', 'abcdef123'),
      result('s', 'call_1'),
    ];
    const { messages: made, changes } = short(messages, { calls });
    const [id] = /[a-zA-Z0-9]{9}$/.exec(String(made[1]?.[2])) ?? [];
    expect(made.slice(1)).toEqual([
      ['assistant', '', `f0#${id}`, 'f1#abcdef123'],
      ['tool', 's', `#${id}`],
      ['tool', 'r', '#abcdef123'],
    ]);
    expect(changes).toEqual(['result-moved', 'id-made']);
  });

  it('have their results behind them, in their order', () => {
    const messages = [user('a'), call('x', 'y'), result('ry', 'y'), system('late'), result('rx', 'x')];
    expect(short(messages)).toEqual({
      messages: [
        ['user', 'a'],
        ['assistant', '', 'f0#x', 'f1#y'],
        ['tool', 'rx', '#x'],
        ['tool', 'ry', '#y'],
        ['user', 'late'],
      ],
      changes: ['system-folded', 'result-moved'],
    });
  });

  it('are separated where the template takes one at a time', () => {
    const source = `{% for m in messages %}{% if m.tool_calls %}{% if m.tool_calls | length != 1 %}{{ raise_exception('One!') }}{% endif %}{{ m.content }}!{{ m.tool_calls[0] | tojson }}{% else %}{{ m.content }}{% endif %} {% endfor %}`;
    const one = compileChatTemplate(source);
    const { calls } = one.abilities;
    expect(calls?.several).toBe(false);
    const saying = { ...call('x', 'y'), content: 'b' } as ChatMessage;
    const messages = [user('a'), saying, result('ry', 'y'), result('rx', 'x'), result('rz', 'z'), user('c')];
    expect(short(messages, { calls })).toEqual({
      messages: [
        ['user', 'a'],
        ['assistant', 'b', 'f0#x'],
        ['tool', 'rx', '#x'],
        ['assistant', '', 'f1#y'],
        ['tool', 'ry', '#y'],
        ['tool', 'rz', '#z'],
        ['user', 'c'],
      ],
      changes: ['result-unpaired', 'result-moved', 'calls-separated'],
    });
    expect(short([user('a'), call('x', 'y')], { calls }).messages).toEqual([
      ['user', 'a'],
      ['assistant', '', 'f0#x'],
      ['assistant', '', 'f1#y'],
    ]);
  });

  it('take results with unknown ids in order, and leave what is too much', () => {
    const messages = [user('a'), call('x', 'y'), result('1', 'z'), result('2', 'x'), result('3', 'z')];
    expect(short(messages)).toEqual({
      messages: [
        ['user', 'a'],
        ['assistant', '', 'f0#x', 'f1#y'],
        ['tool', '2', '#x'],
        ['tool', '1', '#y'],
        ['tool', '3', '#z'],
      ],
      changes: ['result-paired', 'result-unpaired', 'result-moved'],
    });
  });

  it('keep their arguments as text, or get objects, as the template wants', () => {
    const args = (given: string | { a: number }, argumentsAs: 'text' | 'object') => {
      const message: ChatMessage = {
        role: 'assistant',
        tool_calls: [{ id: 'x', function: { name: 'f', arguments: given } }],
      };
      const calls = { argumentsAs, emptyContent: '', ids: 'any', several: true } as const;
      const { messages, changes } = normalizeMessages([message], { ...easy, calls });
      const [first] = messages[0]?.['tool_calls'] as { function: { arguments: unknown } }[];
      return [first?.function.arguments, ...changes];
    };
    expect(args('{ "a":1.0}', 'text')).toEqual(['{ "a":1.0}']);
    expect(args({ a: 1 }, 'text')).toEqual(['{"a":1}']);
    expect(args('', 'text')).toEqual(['{}']);
    expect(args('{ "a":1}', 'object')).toEqual([{ a: 1 }]);
    expect(args(' ', 'object')).toEqual([{}]);
    expect(args({ a: 1 }, 'object')).toEqual([{ a: 1 }]);
    expect(args('{"a": ', 'object')).toEqual(['{"a": ', 'arguments-kept']);
    expect(args('[1]', 'object')).toEqual(['[1]', 'arguments-kept']);
  });

  it('are refused where the template has no place for them', () => {
    const phi = template('microsoft-Phi-3.5-mini-instruct');
    const messages = [user('a'), call('x'), result('r', 'x')];
    expect(() => renderChat(phi, { messages })).toThrow(ChatError);
    const tools = [{ type: 'function', function: { name: 'f' } }] as const;
    expect(() => renderChat(phi, { messages: [user('a')], tools })).toThrow(/no place for tools/);
  });
});

describe('any conversation', () => {
  const id = fc.option(fc.constantFrom('x', 'y', 'call_0123456789', 'abcdef123', ''), { nil: undefined });
  const content = fc.constantFrom('', 'text', '{}');
  const message: fc.Arbitrary<ChatMessage> = fc.oneof(
    content.map(system),
    content.map(user),
    content.map(assistant),
    fc.array(id, { maxLength: 3 }).map((ids) => call(...ids)),
    fc.tuple(content, id).map(([text, one]) => result(text, one)),
  );

  it.each([
    'demo-10M',
    'mistralai-Ministral-3-14B-Reasoning-2512',
    'Mistral-Small-3.2-24B-Instruct-2506',
    'mistralai-Mistral-Nemo-Instruct-2407',
    'Qwen-Qwen2.5-7B-Instruct',
    'Qwen-Qwen3-0.6B',
  ])('that has a user is rendered by %s', (name) => {
    const used = template(name);
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
        const { text } = renderChat(used, { messages: [...messages, user('NEEDLE')] });
        expect(text).toContain('NEEDLE');
      }),
      { numRuns: 300 },
    );
  });

  it('loses no result, and is not changed again', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
        const once = short(messages);
        const results = (list: readonly { role?: unknown }[]) =>
          list.filter(({ role }) => role === 'tool').length;
        const { messages: made } = normalizeMessages(messages, easy);
        expect(results(made)).toBe(results(messages));
        expect(short(made as unknown as ChatMessage[]).messages).toEqual(once.messages);
      }),
    );
  });
});
