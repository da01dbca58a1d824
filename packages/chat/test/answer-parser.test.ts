import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AnswerParser,
  collectAnswer,
  parseAnswer,
  type Answer,
  type AnswerEvent,
  type AnswerOptions,
  type ToolCallFormat,
} from '../src/index';

const think = { open: '<think>', close: '</think>' };

/** Options with ids that count up, so that answers can be compared. */
function options(calls: ToolCallFormat, more: Partial<AnswerOptions> = {}): AnswerOptions {
  let count = 0;
  return { calls, reasoning: think, makeId: () => `made${count++}`, ...more };
}

/** An answer in short: content, reasoning, and calls as `id name arguments`, with `…` behind those that are not complete. */
function short({ content, reasoning, calls }: Answer): string[] {
  return [
    content,
    reasoning,
    ...calls.map((call) => `${call.id} ${call.name} ${call.arguments}${call.complete ? '' : '…'}`),
  ];
}

/** What a model of each format may answer, and what it means. */
const cases: readonly (readonly [format: ToolCallFormat, text: string, expected: readonly string[]])[] = [
  ['mistral', 'The answer is 4.', ['The answer is 4.', '']],
  ['mistral', '  spaced  ', ['  spaced  ', '']],
  ['mistral', ' \n ', [' \n ', '']],
  [
    'mistral',
    '[TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}',
    ['', '', 'made0 get_weather {"city": "Paris"}'],
  ],
  [
    'mistral',
    'Let me see.[TOOL_CALLS]a[ARGS]{}[TOOL_CALLS]b[ARGS]{"x": [1, {"y": "}"}]}',
    ['Let me see.', '', 'made0 a {}', 'made1 b {"x": [1, {"y": "}"}]}'],
  ],
  ['mistral', '[TOOL_CALLS]a[ARGS]{} \n[TOOL_CALLS]b[ARGS]{}\n', ['', '', 'made0 a {}', 'made1 b {}']],
  ['mistral', '[TOOL_CALLS]a[ARGS]{}\nDone.', ['\nDone.', '', 'made0 a {}']],
  // Marks in quotes are text.
  [
    'mistral',
    '[TOOL_CALLS]write[ARGS]{"text": "[TOOL_CALLS]x[ARGS]{\\"}"}',
    ['', '', 'made0 write {"text": "[TOOL_CALLS]x[ARGS]{\\"}"}'],
  ],
  // Brackets that a model forgot to close end where the next call begins.
  [
    'mistral',
    '[TOOL_CALLS]a[ARGS]{"x": [1[TOOL_CALLS]b[ARGS]{}',
    ['', '', 'made0 a {"x": [1…', 'made1 b {}'],
  ],
  ['mistral', '[TOOL_CALLS]a[ARGS]{"x": "cut o', ['', '', 'made0 a {"x": "cut o…']],
  ['mistral', '[TOOL_CALLS]a[ARGS]{"x": [', ['', '', 'made0 a {"x": […']],
  ['mistral', '[TOOL_CALLS]a[ARGS]{no json}', ['', '', 'made0 a {no json}…']],
  // Marks that a tokenizer hides, or a model leaves out.
  ['mistral', '[TOOL_CALLS]a {"x": 1}', ['', '', 'made0 a {"x": 1}']],
  ['mistral', '[TOOL_CALLS] a[ARGS] {"x": 1}', ['', '', 'made0 a {"x": 1}']],
  // What is no call is text.
  ['mistral', 'The mark [TOOL_CALLS] opens a call.', ['The mark [TOOL_CALLS] opens a call.', '']],
  ['mistral', '[TOOL_CALLS]', ['[TOOL_CALLS]', '']],
  ['mistral', '[TOOL_CALLS]name[ARGS]', ['[TOOL_CALLS]name[ARGS]', '']],
  ['mistral', '[TOOL_CALLS]name[ARGS]text', ['[TOOL_CALLS]name[ARGS]text', '']],
  ['mistral', '[TOOL_CALLS]name[ARG', ['[TOOL_CALLS]name[ARG', '']],
  ['mistral', '[TOOL_CALLS][TOOL_CALLS]a[ARGS]{}', ['[TOOL_CALLS]', '', 'made0 a {}']],
  ['mistral', ' [TOOL_CALLS]?', [' [TOOL_CALLS]?', '']],
  ['mistral', '[TOOL_CALLS][]', ['[TOOL_CALLS][]', '']],
  ['mistral', 'a [TOOL', ['a [TOOL', '']],
  [
    'mistral-id',
    '[TOOL_CALLS]f[CALL_ID]abcdef123[ARGS]{"a": 1}[TOOL_CALLS]g[CALL_ID]ABCDEF123[ARGS]{}',
    ['', '', 'abcdef123 f {"a": 1}', 'ABCDEF123 g {}'],
  ],
  // Two calls of one id cannot be told apart.
  [
    'mistral-id',
    '[TOOL_CALLS]f[CALL_ID]a[ARGS]{}[TOOL_CALLS]g[CALL_ID]a[ARGS]{}',
    ['', '', 'a f {}', 'made0 g {}'],
  ],
  [
    'mistral-list',
    '[TOOL_CALLS] [{"name": "f", "arguments": {"a": "]"}, "id": "abcdef123"}, {"arguments": {"b": 2}, "name": "g"}]',
    ['', '', 'made0 f {"a": "]"}', 'made1 g {"b": 2}'],
  ],
  [
    'mistral-list',
    '[TOOL_CALLS][{"id": "abcdef123", "name": "f", "arguments": {}}]',
    ['', '', 'abcdef123 f {}'],
  ],
  ['mistral-list', '[TOOL_CALLS][{"name": "f", "arguments": {}}, 7]', [' 7]'.trimStart(), '', 'made0 f {}']],
  ['mistral-list', '[TOOL_CALLS][{"name": "f", "arguments": {"a": [1', ['', '', 'made0 f {"a": [1…']],
  [
    'hermes',
    '<think>\nWeather, then.\n</think>\n\n<tool_call>\n{"name": "f", "arguments": {"a": 1}}\n</tool_call>\n<tool_call>\n{"name": "g", "arguments": {}}\n</tool_call>',
    ['', 'Weather, then.', 'made0 f {"a": 1}', 'made1 g {}'],
  ],
  ['hermes', '<think>\n\n</think>\n\nFour.', ['Four.', '']],
  ['hermes', '<think>no end  ', ['', 'no end']],
  ['hermes', '<think>a <b </think', ['', 'a <b </think']],
  ['hermes', 'Say <think>.', ['Say <think>.', '']],
  ['hermes', '<tool_call>{"name": "f"}</tool_call>', ['', '', 'made0 f {}']],
  ['hermes', '<tool_call>{"name": "f", "arguments": null}</tool_call>', ['', '', 'made0 f {}']],
  [
    'hermes',
    '<tool_call>{"name": "f", "arguments": "{\\"a\\": 1}"}</tool_call>',
    ['', '', 'made0 f {"a": 1}'],
  ],
  [
    'hermes',
    '<tool_call>{"type": "function", "function": {"name": "f", "arguments": {"a": 1}}}</tool_call>',
    ['', '', 'made0 f {"a": 1}'],
  ],
  [
    'hermes',
    '<tool_call>{"thought": {"x": [1]}, "name": "f", "arguments": {}}</tool_call>',
    ['', '', 'made0 f {}'],
  ],
  ['hermes', '<tool_call>{"name": "f", "arguments": {}, "arguments": {"a": 1}}', ['', '', 'made0 f {}']],
  ['hermes', '<tool_call>{"name": "f", "arguments": {}} and on', ['and on', '', 'made0 f {}']],
  [
    'hermes',
    '<tool_call>{"name": "f", "arguments": {"a": 1</tool_call>Well.',
    ['Well.', '', 'made0 f {"a": 1…'],
  ],
  [
    'hermes',
    '<tool_call>{"arguments": {"a": 1}}</tool_call>',
    ['<tool_call>{"arguments": {"a": 1}}</tool_call>', ''],
  ],
  ['hermes', '<tool_call>f</tool_call>', ['<tool_call>f</tool_call>', '']],
  ['llama3', '{"name": "f", "parameters": {"a": 1}}', ['', '', 'made0 f {"a": 1}']],
  [
    'llama3',
    '{"name": "f", "parameters": {}}; {"name": "g", "parameters": {}}',
    ['', '', 'made0 f {}', 'made1 g {}'],
  ],
  ['llama3', '<|python_tag|>{"name": "f", "parameters": {}}', ['', '', 'made0 f {}']],
  ['llama3', '<|python_tag|>print(1)', ['<|python_tag|>print(1)', '']],
  ['llama3', '{"name": "Ada", "age": 36}', ['{"name": "Ada", "age": 36}', '']],
  ['llama3', '{"name": "Ada"}', ['{"name": "Ada"}', '']],
  ['llama3', ' {"a": {"name": "f", "parameters": {}}}', [' {"a": {"name": "f", "parameters": {}}}', '']],
  ['llama3', 'So: {"name": "f", "parameters": {}}', ['So: {"name": "f", "parameters": {}}', '']],
  [
    'generic',
    '[{"name": "f", "arguments": {"a": 1}}, {"name": "g", "arguments": {}}]',
    ['', '', 'made0 f {"a": 1}', 'made1 g {}'],
  ],
  ['generic', '[1, 2, 3]', ['[1, 2, 3]', '']],
  ['generic', '[see below] Text.', ['[see below] Text.', '']],
  ['generic', 'x<tool_call>{"name": "f", "arguments": {}}</tool_call>', ['x', '', 'made0 f {}']],
];

/** What the whole text gives when it comes in pieces. */
function inPieces(pieces: readonly string[], given: AnswerOptions): Answer {
  const parser = new AnswerParser(given);
  const events: AnswerEvent[] = pieces.flatMap((piece) => [...parser.push(piece)]);
  return collectAnswer([...events, ...parser.finish()]);
}

describe('a whole answer', () => {
  it.each(cases)('%s: %j', (format, text, expected) => {
    expect(short(parseAnswer(text, options(format)))).toEqual(expected);
  });

  it('goes on with reasoning that the prompt has opened', () => {
    const given = options('hermes', { startsInReasoning: true });
    expect(short(parseAnswer('Hm.\n</think>\n\nYes.', given))).toEqual(['Yes.', 'Hm.']);
  });

  it('is a call without a mark only if there is such a tool', () => {
    const text = '{"name": "f", "parameters": {}}';
    const tools = (name: string) => [{ type: 'function' as const, function: { name } }];
    expect(short(parseAnswer(text, options('llama3', { tools: tools('f') })))).toEqual([
      '',
      '',
      'made0 f {}',
    ]);
    expect(short(parseAnswer(text, options('llama3', { tools: tools('g') })))).toEqual([text, '']);
  });

  it('has ids of nine letters and digits if none are given', () => {
    const { calls } = parseAnswer('[TOOL_CALLS]a[ARGS]{}[TOOL_CALLS]b[ARGS]{}', {
      calls: 'mistral',
      reasoning: undefined,
    });
    expect(calls.map(({ id }) => /^[a-zA-Z0-9]{9}$/.test(id))).toEqual([true, true]);
    expect(calls[0]?.id).not.toBe(calls[1]?.id);
  });

  it('is text where a call would have to be held back too long', () => {
    const text = `<tool_call>{"arguments": "${'a'.repeat(100_000)}", "name": "f"}</tool_call>`;
    expect(parseAnswer(text, options('hermes')).content).toBe(text);
  });
});

describe('an answer that comes in pieces', () => {
  it('tells of a call as it comes', () => {
    const parser = new AnswerParser(options('mistral'));
    expect(parser.push('Hi.[TOOL')).toEqual([{ type: 'content', text: 'Hi.' }]);
    expect(parser.push('_CALLS]get_wea')).toEqual([]);
    expect(parser.push('ther[ARGS]{"ci')).toEqual([
      { type: 'tool-call-started', index: 0, id: 'made0', name: 'get_weather' },
      { type: 'tool-call-arguments', index: 0, text: '{"ci' },
    ]);
    expect(parser.push('ty": "Paris"}')).toEqual([
      { type: 'tool-call-arguments', index: 0, text: 'ty": "Paris"}' },
      { type: 'tool-call-finished', index: 0, complete: true },
    ]);
    expect(parser.finish()).toEqual([]);
  });

  it.each(cases)('is the same, character by character: %s: %j', (format, text, expected) => {
    expect(short(inPieces(Array.from(text), options(format)))).toEqual(expected);
  });

  it.each(cases)('is the same, cut in two anywhere: %s: %j', (format, text, expected) => {
    for (let at = 0; at <= text.length; at++) {
      expect(short(inPieces([text.slice(0, at), text.slice(at)], options(format)))).toEqual(expected);
    }
  });
});

/** Pieces that answers are made of, and what disturbs them. */
const scraps = [
  ...[
    '[TOOL_CALLS]',
    '[ARGS]',
    '[CALL_ID]',
    '<tool_call>',
    '</tool_call>',
    '<|python_tag|>',
    '<think>',
    '</think>',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ':',
    ',',
    ';',
    ' ',
    '\n',
    'f',
    'name',
    '"name"',
    '"arguments"',
    '"parameters"',
  ],
  ...['f[ARGS]{"a": "[ARGS]"}', '[TOOL_CALLS]f[ARGS]{', '<tool_call>{"name": "f", "arguments": {'],
  ...['{"name": "f", "arguments": {"a": 1}}', '{"a": "b"}', 'null', '7', '😀', '\ud83d', '\u0000'],
];
const garbage = fc.array(fc.oneof(fc.constantFrom(...scraps), fc.string({ maxLength: 3 })), {
  maxLength: 30,
});
const formats = fc.constantFrom<ToolCallFormat>(
  'mistral',
  'mistral-id',
  'mistral-list',
  'hermes',
  'llama3',
  'generic',
);

describe('garbage', () => {
  it('never throws, and means the same however it is cut', () => {
    let withCalls = 0;
    fc.assert(
      fc.property(
        garbage,
        formats,
        fc.boolean(),
        fc.array(fc.nat(20)),
        (pieces, format, inReasoning, lengths) => {
          const text = pieces.join('');
          const given = () => options(format, { startsInReasoning: inReasoning });
          const whole = parseAnswer(text, given());
          const cut: string[] = [];
          let at = 0;
          for (const length of lengths) cut.push(text.slice(at, (at += length)));
          expect(inPieces([...cut, text.slice(at)], given())).toEqual(whole);
          expect(inPieces(pieces, given())).toEqual(whole);
          if (whole.calls.length > 0) withCalls++;
        },
      ),
      { numRuns: 3000 },
    );
    expect(withCalls).toBeGreaterThan(50);
  });

  it('gives events in order: a call starts, has arguments, is finished, then the next', () => {
    fc.assert(
      fc.property(garbage, formats, (pieces, format) => {
        const parser = new AnswerParser(options(format));
        const events = [...pieces.flatMap((piece) => [...parser.push(piece)]), ...parser.finish()];
        let open = false;
        let index = -1;
        for (const event of events) {
          if (event.type === 'content' || event.type === 'reasoning') {
            expect(event.text).not.toBe('');
            expect(open).toBe(false);
          } else {
            expect(open).toBe(event.type !== 'tool-call-started');
            if (event.type === 'tool-call-started') index++;
            open = event.type !== 'tool-call-finished';
            expect(event.index).toBe(index);
          }
        }
        expect(open).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('that has no mark is content, to the last character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const expected = text.includes('[') ? text.replaceAll('[', '(') : text;
        expect(parseAnswer(expected, { calls: 'mistral', reasoning: undefined }).content).toBe(expected);
      }),
    );
  });
});
