import {
  answerFormatOf,
  formatToolCalls,
  parseAnswer,
  type AnswerFormat,
  type ToolCallFormat,
  type ToolDefinition,
} from '@halftone/chat';
import type { Tokenizer } from '@halftone/tokenizer';
import { describe, expect, it } from 'vitest';
import { callForms } from '../src/engine/constraints/calls/forms';
import { constraintOf, type ClosingConstraint } from '../src/engine/constraints/constraint';
import { TokenTexts } from '../src/engine/constraints/token-texts';
import type { CallRules } from '../src/engine/engine';

const parameters = {
  type: 'object',
  properties: {
    city: { enum: ['Paris', 'Rome <x>'] },
    days: { type: 'integer', minimum: 1, maximum: 14 },
    note: { type: 'string', maxLength: 12 },
    exact: { anyOf: [{ type: 'boolean' }, { type: 'string', maxLength: 2 }] },
    tags: { type: 'array', items: { enum: ['a', 'b"'] }, maxItems: 2 },
  },
  required: ['city', 'days'],
  additionalProperties: false,
} as const;

const tools: readonly ToolDefinition[] = [
  { type: 'function', function: { name: 'get_weather', parameters } },
  {
    type: 'function',
    function: { name: 'get_weather_now', parameters: { ...parameters, required: ['note'] } },
  },
  {
    type: 'function',
    function: { name: 'stop', parameters: { properties: {}, additionalProperties: false } },
  },
];

/** Whether arguments are what the tool asks for, told without the code that bound them. */
function isRight(name: string, args: string): boolean {
  const { city, days, note, exact, tags, ...others } = JSON.parse(args) as Readonly<Record<string, unknown>>;
  const known = [city, days, note, exact, tags];
  if (Object.keys(others).length > 0) return false;
  if (name === 'stop') return known.every((value) => value === undefined);
  const needed = name === 'get_weather' ? city !== undefined && days !== undefined : note !== undefined;
  const isShort = (value: unknown, most: number): boolean =>
    typeof value === 'string' && Array.from(value).length <= most;
  return (
    needed &&
    [undefined, 'Paris', 'Rome <x>'].includes(city as undefined) &&
    (days === undefined || (Number.isInteger(days) && Number(days) >= 1 && Number(days) <= 14)) &&
    (note === undefined || isShort(note, 12)) &&
    (exact === undefined || typeof exact === 'boolean' || isShort(exact, 2)) &&
    (tags === undefined ||
      (Array.isArray(tags) && tags.length <= 2 && tags.every((tag) => tag === 'a' || tag === 'b"')))
  );
}

const two = [
  { id: 'abcdef123', name: 'get_weather', arguments: '{"city": "Paris", "days": 3, "note": "b<"}' },
  { id: 'ABCDEF123', name: 'stop', arguments: '{}' },
];

const END = '</s>';

/** A vocabulary of what a format writes: letters, pieces that begin anywhere, half a letter, and all marks as control tokens. */
function textsOf(calls: ToolCallFormat): { readonly texts: TokenTexts; readonly end: ReadonlySet<number> } {
  const { marks, tokens } = callForms[calls];
  const written = `${formatToolCalls(two, calls)}{"parameters": {"exact": "é"}}`;
  const pieces = [2, 3, 7].flatMap((length) =>
    Array.from({ length: Math.floor(written.length / length) }, (_, at) =>
      written.slice(at * length, (at + 1) * length),
    ),
  );
  const letters = Array.from({ length: 95 }, (_, place) => String.fromCharCode(32 + place));
  const encoder = new TextEncoder();
  const plain = [...new Set([...letters, '\n', ...pieces])].map((text) => encoder.encode(text));
  const normal = [...plain, Uint8Array.of(0xc3), Uint8Array.of(0xa9)];
  const control = [END, ...marks.keys(), ...tokens];
  const decode = (token: number): string => new TextDecoder().decode(normal[token]);
  const ends = [END, '<|call|>'].map((text) => normal.length + control.indexOf(text));
  const end = new Set(ends.filter((token) => token >= normal.length));
  const tokenizer = {
    size: normal.length + control.length,
    endOfGeneration: end,
    kind: (token: number) => (token < normal.length ? 'normal' : 'control'),
    bytes: (token: number) => normal[token] ?? new Uint8Array(),
    text: (token: number) => control[token - normal.length] ?? decode(token),
    streamDecoder: () => ({ push: decode, finish: () => '' }),
  };
  // What is used of a tokenizer.
  return { texts: new TokenTexts(tokenizer as unknown as Tokenizer), end };
}

const auto: CallRules = { choice: 'auto', isParallel: true };

function bind(texts: TokenTexts, format: AnswerFormat, calls: CallRules, offered = tools): ClosingConstraint {
  const asked = { prompt: { kind: 'text', text: '' } as const, sampling: {}, client: '', calls };
  const constraint = constraintOf(asked, { texts, format, tools: offered });
  if (constraint === undefined) throw new Error('nothing is bound');
  return constraint;
}

/** Write a text in the longest tokens that may come: tells where none of them may, and whether it may end. */
function write(
  calls: ToolCallFormat,
  text: string,
  rules: CallRules,
  offered = tools,
  reasoning?: AnswerFormat['reasoning'],
) {
  const { texts, end } = textsOf(calls);
  const constraint = bind(texts, { calls, reasoning }, rules, offered);
  const tokens = Array.from({ length: texts.tokenizer.size }, (_, token) => ({
    token,
    name: texts.of(token) ?? texts.tokenizer.text(token),
  })).sort((one, other) => other.name.length - one.name.length);
  for (let at = 0; at < text.length;) {
    const found = tokens.find(
      ({ token, name }) => text.startsWith(name, at) && !end.has(token) && constraint.allows(token),
    );
    const isLast = [...end].some((token) => text.slice(at) === texts.tokenizer.text(token));
    if (found === undefined && isLast) break;
    if (found === undefined) return { refused: text.slice(at), mayEnd: false };
    constraint.accept(found.token);
    at += found.name.length;
  }
  return { refused: undefined, mayEnd: [...end].some((token) => constraint.allows(token)) };
}

/** Random numbers that are the same each time. (mulberry32) */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Tokens as the dice fall, of those that may come, up to the end. */
function walk(calls: ToolCallFormat, rules: CallRules, seed: number): string {
  const { texts, end } = textsOf(calls);
  const constraint = bind(texts, { calls, reasoning: undefined }, rules);
  const random = randomOf(seed);
  const { size } = texts.tokenizer;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  const told = (): string => new TextDecoder().decode(Uint8Array.from(bytes));
  for (let step = 0; step < 700; step++) {
    const allowed = Array.from({ length: size }, (_, token) => token).filter((token) =>
      constraint.allows(token),
    );
    const last = allowed.find(
      (token) => end.has(token) || texts.tokenizer.text(token).endsWith('calls▁end｜>'),
    );
    const [closing = ''] = constraint.closing();
    const soonest = random(3) === 0 ? allowed.find((token) => texts.of(token) === closing) : undefined;
    const ending = random(2) === 0 ? last : undefined;
    const token = ending ?? soonest ?? allowed[random(allowed.length)];
    if (token === undefined) throw new Error(`${calls} is stuck at ${told()}`);
    if (end.has(token)) return told();
    constraint.accept(token);
    const { length } = texts.bytes(token);
    bytes.push(...(length > 0 ? texts.bytes(token) : encoder.encode(texts.tokenizer.text(token))));
  }
  throw new Error(`${calls} does not end: ${told()}`);
}

const formats = Object.keys(callForms) as ToolCallFormat[];

describe.each(formats)('calls in the format %s', (calls) => {
  const read = (text: string) => parseAnswer(text, { calls, reasoning: undefined, tools });

  it('are what a tool allows and are read again, wherever the dice fall', () => {
    for (let seed = 0; seed < 6; seed++) {
      const isParallel = seed % 2 === 0;
      const text = walk(calls, { choice: 'required', isParallel }, seed);
      const answer = read(text);
      expect(answer.calls.length, text).toBeGreaterThan(0);
      if (!isParallel) expect(answer.calls, text).toHaveLength(1);
      for (const { name, arguments: args } of answer.calls) {
        expect(tools.map((tool) => tool.function.name)).toContain(name);
        expect(isRight(name, args), text).toBe(true);
      }
    }
  });

  it('are bound from what opens them on, and what is no call is free', () => {
    const written = formatToolCalls(two, calls);
    expect(read(written).calls).toHaveLength(2);
    expect(write(calls, written, auto)).toEqual({ refused: undefined, mayEnd: true });
    expect(write(calls, 'I say: name or {x}.', auto)).toEqual({ refused: undefined, mayEnd: true });
    expect(write(calls, written.replace('Paris', 'Oslo'), auto).refused).toBeDefined();
    expect(write(calls, written.replace('3', '99'), auto).refused).toBeDefined();
    expect(write(calls, written.replace('get_weather', 'get_water'), auto).refused).toBeDefined();
    // A call that lacks what it has to have does not end.
    const lacking = formatToolCalls(
      [{ ...two[0], id: 'abcdef123', name: 'get_weather', arguments: '{"city": "Paris"}' }],
      calls,
    );
    expect(write(calls, lacking, auto).refused).toBeDefined();
  });

  it('follow the rules of the request', () => {
    const written = formatToolCalls(two, calls);
    const one = formatToolCalls(two.slice(0, 1), calls);
    expect(write(calls, one, { ...auto, choice: 'none' }).refused).toBeDefined();
    expect(write(calls, written, { ...auto, isParallel: false }).refused).toBeDefined();
    expect(write(calls, 'Hello', { ...auto, choice: 'required' }).refused).toBeDefined();
    expect(write(calls, '', { ...auto, choice: 'required' }).mayEnd).toBe(false);
    expect(write(calls, one, { ...auto, choice: 'required' })).toEqual({ refused: undefined, mayEnd: true });
    expect(write(calls, one, { ...auto, choice: { name: 'stop' } }).refused).toBeDefined();
  });
});

describe('a call', () => {
  it('of harmony opens in the head of a message, not where one is spoken of', () => {
    const talk = '<|channel|>analysis<|message|>I might say to=functions.nothing here<|end|>';
    const calling = (name: string): string =>
      `${talk}<|start|>assistant<|channel|>commentary to=functions.${name} <|constrain|>json<|message|>{}<|call|>`;
    expect(write('harmony', calling('stop'), auto)).toEqual({ refused: undefined, mayEnd: true });
    expect(write('harmony', calling('other'), auto).refused).toMatch(/^other/);
    // Its reader takes a mark for one within quotes, too.
    const quoting = calling('get_weather').replace('{}', '{"note": "<|end|>');
    expect(write('harmony', quoting, auto).refused).toMatch(/><\|call\|>$/);
  });

  it('between tags has values that are whole, and end nothing else', () => {
    const value = (key: string, text: string): string =>
      `<tool_call>get_weather\n<arg_key>${key}</arg_key>\n<arg_value>${text}`;
    const ask = (key: string, text: string) => write('glm', value(key, text), auto).refused;
    expect(ask('days', '3</arg_value>\n')).toBeUndefined();
    expect(ask('days', '3}')).toBe('}');
    expect(ask('days', '3, "note": 1')).toMatch(/^,/);
    expect(ask('tags', '["a"</arg_value>\n')).toMatch(/^</);
    expect(ask('exact', '"a</arg_value>\n')).toMatch(/>\n$/);
    expect(ask('note', 'a <b> </arg_value>\n')).toBeUndefined();
  });

  it('without a mark opens where the content begins, behind reasoning too, and nowhere else', () => {
    const wrong = '{"name": "other", "parameters": {}}';
    const ask = (text: string) =>
      write('llama3', text, auto, tools, { open: '<think>', close: '</think>' }).refused;
    expect(ask(wrong)).toMatch(/^other/);
    expect(ask(`<think>${wrong} perhaps</think>\n\n${wrong}`)).toMatch(/^other/);
    expect(ask(`Write ${wrong}`)).toBeUndefined();
  });

  it('has arguments whose references lead to places in the parameters of its own tool', () => {
    const offered = ['film', 'book'].map((kind): ToolDefinition => ({
      type: 'function',
      function: {
        name: kind,
        parameters: {
          properties: { kind: { $ref: '#/$defs/kind' } },
          required: ['kind'],
          $defs: { kind: { enum: [kind] } },
        },
      },
    }));
    const calling = (name: string, kind: string): string =>
      formatToolCalls([{ name, arguments: `{"kind": "${kind}"}` }], 'hermes');
    expect(write('hermes', calling('film', 'film'), auto, offered).mayEnd).toBe(true);
    expect(write('hermes', calling('book', 'film'), auto, offered).refused).toBeDefined();
  });

  it('follows patterns that can be followed; a strict tool has no others', () => {
    const offered = (pattern: string, more = {}): readonly ToolDefinition[] => [
      {
        type: 'function',
        function: { name: 'f', parameters: { properties: { a: { type: 'string', pattern } } }, ...more },
      },
    ];
    const calling = (value: string): string =>
      formatToolCalls([{ name: 'f', arguments: `{"a": "${value}"}` }], 'glm');
    expect(write('glm', calling('12'), auto, offered('^\\d+$')).mayEnd).toBe(true);
    expect(write('glm', calling('1x'), auto, offered('^\\d+$')).refused).toBeDefined();
    expect(write('glm', calling('1x'), auto, offered('(?<=1)x')).mayEnd).toBe(true);
    expect(() => write('glm', calling('1x'), auto, offered('(?<=1)x', { strict: true }))).toThrow(
      /the parameters of the tool f: #\/properties\/a: the pattern/,
    );
  });
});

describe.each(['deepseek', 'deepseek-v3.1'] as const)(
  'marks of %s in tokens that hold parts of characters',
  (calls) => {
    // Tokens of one and two bytes, the longer ones first: the marks are cut within characters.
    const bytes = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
    const encoder = new TextEncoder();
    const pairs = ['<｜', '｜', '▁'].flatMap((text) => {
      const all = encoder.encode(text);
      return Array.from({ length: all.length - 1 }, (_, at) => all.slice(at, at + 2));
    });
    const plain = [...pairs, ...bytes];
    const [end] = [plain.length];
    const tokenizer = {
      size: plain.length + 1,
      endOfGeneration: new Set([end]),
      kind: (token: number) => (token === end ? 'control' : 'byte'),
      bytes: (token: number) => plain[token] ?? new Uint8Array(),
      text: (token: number) => (token === end ? END : `<${String(token)}>`),
      streamDecoder: () => ({
        push: (token: number) => new TextDecoder().decode(plain[token]),
        finish: () => '',
      }),
    };
    const texts = new TokenTexts(tokenizer as unknown as Tokenizer);

    /** Write a text: how many of its bytes may come, in which tokens, and whether it may end there. */
    function follow(text: string, rules: CallRules, widest: number) {
      const constraint = bind(texts, { calls, reasoning: undefined }, rules);
      const all = encoder.encode(text);
      for (let at = 0; at < all.length;) {
        const found = plain.findIndex(
          (piece, token) =>
            piece.length <= widest &&
            piece.every((byte, place) => byte === all[at + place]) &&
            constraint.allows(token),
        );
        if (found < 0) return { refused: new TextDecoder().decode(all.subarray(at)), mayEnd: false };
        constraint.accept(found);
        at += plain[found]?.length ?? 0;
      }
      return { refused: undefined, mayEnd: constraint.allows(end) };
    }

    const one = formatToolCalls(two.slice(0, 1), calls);
    it.each([1, 2])('open calls, in tokens of up to %i bytes', (widest) => {
      const required: CallRules = { ...auto, choice: 'required' };
      for (const rules of [auto, required, { ...auto, choice: { name: 'get_weather' } }]) {
        expect(follow(one, rules, widest)).toEqual({ refused: undefined, mayEnd: true });
        expect(follow(one.replace('Paris', 'Oslo'), rules, widest).refused).toMatch(/^Oslo/);
      }
      expect(follow(one, { ...auto, choice: 'none' }, widest).refused).toBeDefined();
      expect(follow('▁▁ and ｜', auto, widest)).toEqual({ refused: undefined, mayEnd: true });
      // U+FF5D begins like the bar of the mark.
      expect(follow('<｝', required, widest).refused).toBeDefined();
      expect(follow('▁', required, widest).refused).toBe('▁');
    });
  },
);

describe('where there are no tools', () => {
  it('nothing is called, and an object is no call', () => {
    const { texts } = textsOf('llama3');
    const rules: CallRules = { choice: 'none', isParallel: false };
    expect(bind(texts, answerFormatOf(''), rules, [])).toBeDefined();
    expect(write('llama3', '{"name": "get_weather", "parameters": {}}', auto, []).refused).toBeUndefined();
    expect(write('hermes', '<tool_call>', auto, []).refused).toBeDefined();
    // Nor is one that names no tool, where calls are forbidden.
    expect(write('llama3', '{"name": "Anna"}', { ...auto, choice: 'none' }).refused).toBeUndefined();
  });
});
