import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerFormatOf,
  AnswerParser,
  collectAnswer,
  formatToolCalls,
  parseAnswer,
  renderChat,
  type Answer,
  type ToolCallFormat,
  type ToolDefinition,
} from '../src/index';
import { template } from './fixtures';

const tools: readonly ToolDefinition[] = [
  {
    type: 'function',
    function: {
      name: 'write_file',
      description: 'Write a file.',
      parameters: {
        type: 'object',
        properties: {
          path: { type: 'string' },
          content: { type: 'string' },
          mode: { type: 'integer' },
          force: { type: 'boolean' },
          tags: { type: 'array', items: { type: 'string' } },
        },
        required: ['path', 'content'],
      },
    },
  },
];
const values = { path: 'a.py', content: '7', mode: 420, force: true, tags: ['x', '<y>'] };

function parse(text: string, calls: ToolCallFormat): Answer {
  return parseAnswer(text, { calls, reasoning: undefined, tools });
}

describe.each(['Qwen3-Coder', 'GLM-4.6'])('calls as the template of %s writes them', (name) => {
  const written = template(name);
  const { calls: format } = answerFormatOf(written.source);

  it('are read with the types that the schema says', () => {
    const { text } = renderChat(written, {
      messages: [
        { role: 'user', content: 'NEEDLE' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'write_file', arguments: values } },
            { id: 'b', type: 'function', function: { name: 'write_file', arguments: { path: '' } } },
          ],
        },
      ],
      tools,
      addGenerationPrompt: false,
    });
    const answer = text.slice(text.indexOf('<tool_call>', text.indexOf('NEEDLE'))).replace('<|im_end|>', '');
    const { content, calls } = parse(answer.trimEnd(), format);
    expect(content).toBe('');
    expect(calls.map((call) => [call.name, JSON.parse(call.arguments) as unknown, call.complete])).toEqual([
      ['write_file', values, true],
      ['write_file', { path: '' }, true],
    ]);
  });

  it('are read again where they are written here, however the text is cut', () => {
    const text = fc.string({ maxLength: 30 }).filter((one) => !one.includes('<'));
    const argument = fc.record({ path: text, content: text, mode: fc.nat(), force: fc.boolean() });
    fc.assert(
      fc.property(argument, fc.nat(200), (given, at) => {
        const whole = formatToolCalls([{ name: 'write_file', arguments: JSON.stringify(given) }], format);
        const parser = new AnswerParser({ calls: format, reasoning: undefined, tools });
        const events = [
          ...parser.push(whole.slice(0, at)),
          ...parser.push(whole.slice(at)),
          ...parser.finish(),
        ];
        const [call] = collectAnswer(events).calls;
        expect(JSON.parse(call?.arguments ?? '')).toEqual(given);
      }),
    );
  });

  it('are legal JSON wherever they are cut off, and never thrown at', () => {
    const whole = formatToolCalls([{ name: 'write_file', arguments: JSON.stringify(values) }], format);
    for (let length = 0; length <= whole.length; length++) {
      const { calls } = parse(whole.slice(0, length), format);
      for (const call of calls) expect(() => JSON.parse(call.arguments) as unknown).not.toThrow();
    }
  });
});

it.each<[ToolCallFormat, string, string, string[]]>([
  // Values that hold tags, or look like them.
  [
    'qwen-coder',
    '<tool_call>\n<function=write_file>\n<parameter=content>\n<p>1 < 2</p>\n\n</parameter>\n</function>\n</tool_call>',
    '',
    ['{"content": "<p>1 < 2</p>\\n"}'],
  ],
  // Without the mark of the call, with content before and behind.
  [
    'qwen-coder',
    'I look.\n<function=write_file>\n<parameter=mode>\n1\n</parameter>\n</function>\nDone.',
    'I look.\nDone.',
    ['{"mode": 1}'],
  ],
  [
    'qwen-coder',
    '<tool_call>\n<function=other><parameter=a>True</parameter></function>',
    '',
    ['{"a": true}'],
  ],
  ['qwen-coder', '<tool_call>\n<function=f>\nno tag', 'no tag', ['{}']],
  ['qwen-coder', '<tool_call> is a tag', '<tool_call> is a tag', []],
  ['qwen-coder', '<function=a b>', '<function=a b>', []],
  [
    'glm',
    '<tool_call>ls <arg_key>path</arg_key> <arg_value>src</arg_value> </tool_call>',
    '',
    ['{"path": "src"}'],
  ],
  ['glm', '<tool_call>stop</tool_call>', '', ['{}']],
  ['glm', '<tool_call>f<arg_key>a</arg_key><arg_value>[1, 2]</arg_value>', '', ['{"a": [1, 2]}']],
  ['glm', '<tool_call>!', '<tool_call>!', []],
])('%s: %j', (format, text, content, expected) => {
  const found = parse(text, format);
  expect([found.content.replace(/\n\s*/g, '\n'), found.calls.map((call) => call.arguments)]).toEqual([
    content,
    expected,
  ]);
});

it.each<ToolCallFormat>(['qwen-coder', 'glm'])('%s: whatever a model writes, nothing is thrown', (format) => {
  const piece = fc.constantFrom(
    ...['<tool_call>', '</tool_call>', '<function=', '>', '</function>', '<parameter=', '</parameter>'],
    ...[
      '<arg_key>',
      '</arg_key>',
      '<arg_value>',
      '</arg_value>',
      'write_file',
      'path',
      '\n',
      ' ',
      '<',
      '7',
      '"',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
      const whole = parse(pieces.join(''), format);
      const parser = new AnswerParser({ calls: format, reasoning: undefined, tools, makeId: () => 'id' });
      const events = pieces.flatMap((one) => [...parser.push(one)]);
      const cut = collectAnswer([...events, ...parser.finish()]);
      expect([cut.content, cut.calls.map((call) => call.arguments)]).toEqual([
        whole.content,
        whole.calls.map((call) => call.arguments),
      ]);
    }),
    { numRuns: 300 },
  );
});
