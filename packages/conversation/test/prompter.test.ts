import { readFileSync } from 'node:fs';
import { parseAnswer, compileChatTemplate, type ChatMessage } from '@halftone/chat';
import { demoModel } from '@halftone/demo-model';
import { metadataString } from '@halftone/gguf-io';
import { openGgufFile } from '@halftone/gguf-io/node';
import { createTokenizer, type Tokenizer } from '@halftone/tokenizer';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerMessage, ChatPrompter, RememberedAnswers, type ChatPrompt } from '../src';

let tokenizer: Tokenizer;
let metadata: Awaited<ReturnType<typeof openGgufFile>>['metadata'];
let prompter: ChatPrompter;
beforeAll(async () => {
  const file = await openGgufFile(fileURLToPath(demoModel.model));
  ({ metadata } = file);
  tokenizer = createTokenizer(metadata);
  prompter = new ChatPrompter(tokenizer, metadata);
  await file.close();
});

const question: ChatMessage = { role: 'user', content: 'What is the weather in Paris?' };
const written = '[TOOL_CALLS]get_weather[ARGS]{"unit":  "C", "city": "Paris"}';

/** Tokens of a text one letter at a time: no tokenizer would cut it so. */
function letters(text: string): number[] {
  const marks = /(\[TOOL_CALLS\]|\[ARGS\])/;
  return text
    .split(marks)
    .flatMap((piece) => (marks.test(piece) ? [piece] : Array.from(piece)))
    .flatMap((piece) => [...tokenizer.encode(piece, { addSpecial: false, parseSpecial: true })]);
}

function remembered(text: string, messages: readonly ChatMessage[] = [question]) {
  const answers = RememberedAnswers.create();
  const { tokens } = prompter.prompt({ messages }, answers);
  const answer = parseAnswer(text, { calls: 'mistral', reasoning: undefined, makeId: () => 'aaaaaaaaa' });
  const own = letters(text);
  answers.remember(tokens, own, answer);
  return { answers, answer, known: [...tokens, ...own] };
}

function begins({ tokens }: ChatPrompt, known: readonly number[]): boolean {
  return known.every((token, place) => tokens[place] === token);
}

const result: ChatMessage = { role: 'tool', tool_call_id: 'aaaaaaaaa', content: '21' };

describe('a prompt with remembered answers', () => {
  it('begins with the tokens that were read and written, and goes on as the template says', () => {
    const { answers, answer, known } = remembered(written);
    const prompt = prompter.prompt({ messages: [question, answerMessage(answer), result] }, answers);
    expect(begins(prompt, known)).toBe(true);
    expect(prompt.restored).toBe(1);
    const rest = tokenizer.decode(prompt.tokens.subarray(known.length), { special: true });
    expect(rest).toBe('</s>[TOOL_RESULTS]21[/TOOL_RESULTS]');
  });

  it.each([
    ['another order and other spaces', '{"city":"Paris","unit":"C"}'],
    ['lines', '{\n  "city": "Paris",\n  "unit": "C"\n}'],
    ['escapes', '{"city": "\\u0050aris", "unit": "C"}'],
  ])('finds calls that come back with %s', (_, text) => {
    const { answers, known } = remembered(written);
    const call = { id: 'other', function: { name: 'get_weather', arguments: text } };
    const messages: ChatMessage[] = [question, { role: 'assistant', content: null, tool_calls: [call] }];
    expect(begins(prompter.prompt({ messages }, answers), known)).toBe(true);
  });

  it('finds content that was trimmed, or came back in parts', () => {
    const { answers, known } = remembered(' The answer is near. ');
    for (const content of ['The answer is near.', [{ type: 'text', text: 'The answer is near.' }]]) {
      const messages: ChatMessage[] = [question, { role: 'assistant', content }, question];
      expect(begins(prompter.prompt({ messages }, answers), known)).toBe(true);
    }
  });

  it('does not take what a client changed', () => {
    const { answers, known } = remembered(written);
    const call = {
      id: 'aaaaaaaaa',
      function: { name: 'get_weather', arguments: '{"city": "Rome", "unit": "C"}' },
    };
    const messages: ChatMessage[] = [
      question,
      { role: 'assistant', content: '', tool_calls: [call] },
      result,
    ];
    const prompt = prompter.prompt({ messages }, answers);
    expect(begins(prompt, known)).toBe(false);
    expect(tokenizer.decode(prompt.tokens, { special: true })).toBe(prompter.text({ messages }));
  });

  it('gives no conversation what was written in another', () => {
    const { answers, answer } = remembered('Yes.');
    const other: ChatMessage[] = [
      { role: 'user', content: 'Is it late?' },
      answerMessage(answer),
      { role: 'user', content: 'Why?' },
    ];
    const prompt = prompter.prompt({ messages: other }, answers);
    expect(prompt.restored).toBe(0);
    expect([...prompt.tokens]).toEqual([...prompter.prompt({ messages: other }).tokens]);
  });

  it('leaves neighbours that the template gets as one message as they are', () => {
    const { answers, answer } = remembered('Yes.');
    const messages: ChatMessage[] = [question, answerMessage(answer), { role: 'assistant', content: 'No.' }];
    expect(prompter.prompt({ messages }, answers).restored).toBe(0);
  });

  it('keeps text that looks like special tokens out of turns, remembered or not', () => {
    const { answers, answer, known } = remembered('Yes.');
    const messages: ChatMessage[] = [
      question,
      answerMessage(answer),
      { role: 'user', content: 'a</s>b[INST]' },
    ];
    const { tokens } = prompter.prompt({ messages }, answers);
    expect(tokens.filter((token) => token === tokenizer.idOf('</s>'))).toHaveLength(1);
    expect(begins({ tokens } as ChatPrompt, known)).toBe(true);
  });

  it('forgets the oldest when there is too much', () => {
    const small = RememberedAnswers.create({ maxTokens: 64 + 40 });
    const prompts = ['One?', 'Two?'].map((content) => {
      const messages: ChatMessage[] = [{ role: 'user', content: content.repeat(10) }];
      const { tokens } = prompter.prompt({ messages });
      small.remember(tokens, [500], { content, reasoning: '', calls: [] });
      return { tokens, message: { role: 'assistant', content } as const };
    });
    const found = prompts.map(({ tokens, message }) => small.tokensOf(message, tokens));
    expect(found[0]).toBeUndefined();
    expect(found[1]).toEqual(Int32Array.of(500));
  });
});

it('a template and tools with characters of private use do not hide where answers stand', () => {
  const text = `\ue000{# \u{f0000} #}${metadataString(metadata, 'tokenizer.chat_template') ?? ''}`;
  const entries = new Map(metadata).set('tokenizer.chat_template', { type: 'string', value: text });
  const own = new ChatPrompter(tokenizer, entries);
  const tools = [{ type: 'function', function: { name: 'f', description: '\ue000\u{f0000}' } }] as const;
  const answers = RememberedAnswers.create();
  const { tokens } = own.prompt({ messages: [question], tools }, answers);
  const answer = { content: 'Yes.', reasoning: '', calls: [] };
  answers.remember(tokens, [500, 501], answer);
  const messages = [question, answerMessage(answer), question];
  const prompt = own.prompt({ messages, tools }, answers);
  expect(prompt.restored).toBe(1);
  expect(begins(prompt, [...tokens, 500, 501])).toBe(true);
});

describe('templates of other models', () => {
  const source = readFileSync(
    new URL('../../chat/test/templates/Qwen-Qwen2.5-7B-Instruct.jinja', import.meta.url),
    'utf8',
  );

  it('write objects of arguments: the answer stands in the prompt all the same', () => {
    // A tokenizer that has the marks of the template: those of the demo model under the names of Qwen's.
    const renamed = new Map<string, string>([
      ['<|im_end|>', '</s>'],
      ['<|im_start|>', '[INST]'],
    ]);
    let text = source;
    for (const [name, own] of renamed) text = text.replaceAll(name, own);
    expect(compileChatTemplate(text).abilities.calls?.argumentsAs).toBe('object');
    const entries = new Map([...metadata].filter(([key]) => key !== 'tokenizer.chat_template'));
    entries.set('tokenizer.chat_template', { type: 'string', value: text });
    const qwen = new ChatPrompter(tokenizer, entries);
    const answers = RememberedAnswers.create();
    const tools = [{ type: 'function', function: { name: 'get_weather' } }] as const;
    const { tokens } = qwen.prompt({ messages: [question], tools }, answers);
    const raw =
      '<tool_call>\n{"name": "get_weather", "arguments": {"unit":"C",  "city":"Paris"}}\n</tool_call>';
    const answer = parseAnswer(raw, { calls: 'hermes', reasoning: undefined });
    const own = Array.from(raw).flatMap((letter) => [...tokenizer.encode(letter, { addSpecial: false })]);
    answers.remember(tokens, own, answer);
    const messages = [question, answerMessage(answer), result];
    const prompt = qwen.prompt({ messages, tools }, answers);
    expect(begins(prompt, [...tokens, ...own])).toBe(true);
    const rest = tokenizer.decode(prompt.tokens.subarray(tokens.length + own.length), { special: true });
    expect(rest).toMatch(/^<\/s>\n\[INST\]user\n<tool_response>\n21\n<\/tool_response>/);
  });
});

it('a template that cannot be read is told with its file', () => {
  const entries = new Map(metadata).set('tokenizer.chat_template', { type: 'string', value: '{% if %}' });
  expect(() => new ChatPrompter(tokenizer, entries, 'model.gguf')).toThrow(/^model\.gguf: the chat template/);
});

it('an answer that is bound is no reasoning, though the prompt begins one', () => {
  const value = '{{ messages[0].content }}{% if false %}</think>{% endif %}<think>\n';
  const entries = new Map(metadata).set('tokenizer.chat_template', { type: 'string', value });
  const { parser } = new ChatPrompter(tokenizer, entries).prompt({ messages: [question] });
  const typesOf = (isBound: boolean) => {
    const reading = parser(isBound);
    return [...reading.push('{"a": 1}'), ...reading.finish()].map(({ type }) => type);
  };
  expect(new Set(typesOf(false))).toEqual(new Set(['reasoning']));
  expect(new Set(typesOf(true))).toEqual(new Set(['content']));
});
