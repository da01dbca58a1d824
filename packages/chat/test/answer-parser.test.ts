import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AnswerParser,
  collectAnswer,
  formatToolCalls,
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
  // DeepSeek R1 and V3, as their templates write calls, and as models leave marks out.
  [
    'deepseek',
    '<think>\nTwo cities.\n</think>\n\n<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{"city": "Paris"}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{"city": "Rome"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    ['', 'Two cities.', 'made0 get_weather {"city": "Paris"}', 'made1 get_weather {"city": "Rome"}'],
  ],
  [
    'deepseek',
    'I look.\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{"a": "```"}\n```<｜tool▁call▁end｜>',
    ['I look.\n', '', 'made0 f {"a": "```"}'],
  ],
  [
    'deepseek',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{"a": [1',
    ['', '', 'made0 f {"a": [1…'],
  ],
  [
    'deepseek',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\nnone<｜tool▁call▁end｜>',
    ['<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\nnone<｜tool▁call▁end｜>', ''],
  ],
  [
    'deepseek-v3.1',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Paris"}<｜tool▁call▁end｜><｜tool▁call▁begin｜>get_time<｜tool▁sep｜>{"city": "Rome"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    ['', '', 'made0 get_weather {"city": "Paris"}', 'made1 get_time {"city": "Rome"}'],
  ],
  [
    'deepseek-v3.1',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{"a": [1<｜tool▁call▁end｜><｜tool▁call▁begin｜>g<｜tool▁sep｜>{}<｜tool▁call▁end｜> and on',
    [' and on', '', 'made0 f {"a": [1…', 'made1 g {}'],
  ],
  [
    'deepseek-v3.1',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁call▁begin｜>g?',
    ['<｜tool▁call▁begin｜>g?', '', 'made0 f {}'],
  ],
  ['deepseek-v3.1', 'The mark <｜tool▁calls▁begin｜>.', ['The mark <｜tool▁calls▁begin｜>.', '']],
  // gpt-oss, from OpenAI's description of harmony.
  [
    'harmony',
    '<|channel|>analysis<|message|>User asks: 2 + 2.<|end|><|start|>assistant<|channel|>final<|message|>2 + 2 = 4.',
    ['2 + 2 = 4.', 'User asks: 2 + 2.'],
  ],
  [
    'harmony',
    '<|channel|>analysis<|message|>Need to use function get_current_weather.<|end|><|start|>assistant<|channel|>commentary to=functions.get_current_weather <|constrain|>json<|message|>{"location":"San Francisco"}<|call|>',
    [
      '',
      'Need to use function get_current_weather.',
      'made0 get_current_weather {"location":"San Francisco"}',
    ],
  ],
  [
    'harmony',
    ' to=functions.f<|channel|>commentary json<|message|>{"a": 1}<|call|><|start|>assistant to=functions.g<|channel|>commentary<|message|>',
    ['', '', 'made0 f {"a": 1}', 'made1 g {}'],
  ],
  [
    'harmony',
    '<|channel|>commentary<|message|>I do two things.<|end|><|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{"a": [1',
    ['I do two things.', '', 'made0 f {"a": [1…'],
  ],
  [
    'harmony',
    '<|channel|>analysis<|message|>One.<|end|><|start|>assistant<|channel|>analysis<|message|>Two.<|return|>',
    ['', 'One.\nTwo.'],
  ],
  ['harmony', 'Plain text, to=nobody.', ['Plain text, to=nobody.', '']],
  ['harmony', '<|channel|>final', ['<|channel|>final', '']],
  ['harmony', ' spaced', [' spaced', '']],
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
  ...[
    '<function=',
    '<function=f>',
    '<parameter=a>',
    '</parameter>',
    '</function>',
    '<arg_key>',
    '</arg_key>',
  ],
  ...['<arg_value>', '</arg_value>', '```json', '```', 'function', ' to=functions.f', 'analysis', 'final'],
  ...[
    '<｜tool▁calls▁begin｜>',
    '<｜tool▁call▁begin｜>',
    '<｜tool▁sep｜>',
    '<｜tool▁call▁end｜>',
    '<｜tool▁calls▁end｜>',
  ],
  ...[
    '<|start|>assistant',
    '<|channel|>',
    '<|message|>',
    '<|constrain|>',
    '<|end|>',
    '<|call|>',
    '<|return|>',
  ],
  ...[
    '<｜tool▁call▁begin｜>f<｜tool▁sep｜>{',
    '<|channel|>commentary to=functions.f<|message|>{',
    '<tool_call>f<arg_key>',
  ],
  ...['f[ARGS]{"a": "[ARGS]"}', '[TOOL_CALLS]f[ARGS]{', '<tool_call>{"name": "f", "arguments": {'],
  ...['{"name": "f", "arguments": {"a": 1}}', '{"a": "b"}', 'null', '7', '😀', '\ud83d', '\u0000'],
];
const garbage = fc.array(fc.oneof(fc.constantFrom(...scraps), fc.string({ maxLength: 3 })), {
  maxLength: 30,
});
const allFormats = [
  ...(['mistral', 'mistral-id', 'mistral-list', 'hermes', 'qwen-coder', 'glm'] as const),
  ...(['deepseek', 'deepseek-v3.1', 'harmony', 'llama3', 'generic'] as const),
];
const formats = fc.constantFrom<ToolCallFormat>(...allFormats);

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

  it('in which there is no call is content, to the last character', () => {
    let plain = 0;
    fc.assert(
      fc.property(garbage, formats, (pieces, format) => {
        // Heads of messages are none of their content.
        const text = format === 'harmony' ? pieces.join('').replaceAll('<|', '<') : pieces.join('');
        const { content, calls } = parseAnswer(text, { calls: format, reasoning: undefined });
        if (calls.length > 0) return;
        expect(content).toBe(text);
        plain++;
      }),
      { numRuns: 2000 },
    );
    expect(plain).toBeGreaterThan(500);
  });

  it('of random bytes never throws, however characters are torn apart', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), garbage, formats, (bytes, pieces, format) => {
        const text = pieces.join('') + new TextDecoder().decode(bytes) + pieces.join('😀');
        const whole = parseAnswer(text, options(format));
        // By UTF-16 units: halves of surrogate pairs come one by one.
        expect(inPieces(text.split(''), options(format))).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it.each(allFormats)('in the arguments of calls as %s writes them is told as it is', (format) => {
    const deep = (depth: number): unknown => (depth === 0 ? '</tool_call>"}]' : { a: [deep(depth - 1)] });
    const values = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,5}$/),
      fc.oneof(fc.string(), fc.jsonValue(), fc.constant(deep(20))),
    );
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(40)), (all, lengths) => {
        const written = all.map((value) => ({ name: 'f', arguments: JSON.stringify(value) }));
        const tags = format === 'qwen-coder' || format === 'glm';
        // Between tags, a text may not hold the tag that ends it; and JSON writes -0 as 0.
        if (tags && JSON.stringify(all).includes('</')) return;
        const text = formatToolCalls(written, format);
        const pieces: string[] = [];
        let at = 0;
        for (const length of lengths) pieces.push(text.slice(at, (at += length)));
        const { content, calls } = inPieces([...pieces, text.slice(at)], options(format));
        expect(content).toBe('');
        expect(calls).toHaveLength(all.length);
        if (!tags) expect(calls.map((call) => call.arguments)).toEqual(written.map((call) => call.arguments));
      }),
      { numRuns: 100 },
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
