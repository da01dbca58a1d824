import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  answerFormatOf,
  endsInReasoning,
  formatToolCalls,
  parseAnswer,
  renderChat,
  type ToolCallFormat,
} from '../src/index';
import { template } from './fixtures';

const two = [
  { id: 'abcdef123', name: 'get_weather', arguments: '{"city": "Paris"}' },
  { id: 'ABCDEF123', name: 'stop', arguments: '{}' },
];

it.each<[ToolCallFormat, string]>([
  ['mistral', '[TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}[TOOL_CALLS]stop[ARGS]{}'],
  [
    'mistral-id',
    '[TOOL_CALLS]get_weather[CALL_ID]abcdef123[ARGS]{"city": "Paris"}[TOOL_CALLS]stop[CALL_ID]ABCDEF123[ARGS]{}',
  ],
  [
    'mistral-list',
    '[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Paris"}, "id": "abcdef123"}, {"name": "stop", "arguments": {}, "id": "ABCDEF123"}]',
  ],
  [
    'hermes',
    '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>\n<tool_call>\n{"name": "stop", "arguments": {}}\n</tool_call>',
  ],
  [
    'qwen-coder',
    '<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>\n<tool_call>\n<function=stop>\n</function>\n</tool_call>',
  ],
  [
    'glm',
    '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>\n<tool_call>stop\n</tool_call>',
  ],
  [
    'deepseek',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{"city": "Paris"}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>stop\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  ],
  [
    'deepseek-v3.1',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Paris"}<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>stop<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  ],
  [
    'harmony',
    '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city": "Paris"}<|call|><|start|>assistant<|channel|>commentary to=functions.stop <|constrain|>json<|message|>{}<|call|>',
  ],
  ['llama3', '{"name": "get_weather", "parameters": {"city": "Paris"}}; {"name": "stop", "parameters": {}}'],
  ['generic', '[{"name": "get_weather", "arguments": {"city": "Paris"}}, {"name": "stop", "arguments": {}}]'],
])('calls are written as models of the format %s write them', (format, expected) => {
  expect(formatToolCalls(two, format)).toBe(expected);
  expect(formatToolCalls([], format)).toBe('');
});

it('calls that were written are read again', () => {
  const call = fc.record({
    name: fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/),
    arguments: fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
  });
  const formats = ['mistral', 'mistral-list', 'hermes', 'llama3', 'generic'] as const;
  fc.assert(
    fc.property(
      fc.array(call, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...formats),
      (calls, format) => {
        const { content, calls: read } = parseAnswer(formatToolCalls(calls, format), {
          calls: format,
          reasoning: undefined,
        });
        expect(content).toBe('');
        expect(read.map((one) => ({ name: one.name, arguments: one.arguments }))).toEqual(calls);
      },
    ),
    { numRuns: 500 },
  );
});

it.each([
  ['demo-10M', '[TOOL_CALLS]'],
  ['mistralai-Ministral-3-14B-Reasoning-2512', '[TOOL_CALLS]'],
  ['Mistral-Small-3.2-24B-Instruct-2506', '[TOOL_CALLS]'],
  ['mistralai-Mistral-Nemo-Instruct-2407', '[TOOL_CALLS]'],
  ['Qwen-Qwen2.5-7B-Instruct', '<tool_call>'],
  ['Qwen-Qwen3-0.6B', '<tool_call>'],
  ['deepseek-ai-DeepSeek-R1-Distill-Qwen-32B', '<｜tool▁calls▁begin｜>'],
])('several calls as the template of %s writes them are read', (name, mark) => {
  const written = template(name);
  const { text } = renderChat(written, {
    messages: [
      { role: 'user', content: 'NEEDLE' },
      {
        role: 'assistant',
        content: '',
        tool_calls: two.map(({ id, ...call }) => ({ id, type: 'function', function: call })),
      },
      { role: 'tool', content: 'END', tool_call_id: 'abcdef123' },
      { role: 'tool', content: 'END', tool_call_id: 'ABCDEF123' },
    ],
    addGenerationPrompt: false,
  });
  const from = text.indexOf(mark, text.indexOf('NEEDLE'));
  const answer = text.slice(from).split(/<\/s>|<\|im_end\|>|<｜end▁of▁sentence｜>/)[0] ?? '';
  const { content, calls } = parseAnswer(answer.trimEnd(), answerFormatOf(written.source));
  expect(content).toBe('');
  expect(calls.map((call) => [call.name, JSON.parse(call.arguments) as unknown])).toEqual([
    ['get_weather', { city: 'Paris' }],
    ['stop', {}],
  ]);
});

it('arguments that are no object are written as they are', () => {
  const broken = [{ name: 'f', arguments: '{"a": ' }];
  expect(formatToolCalls(broken, 'mistral')).toBe('[TOOL_CALLS]f[ARGS]{"a": ');
  expect(formatToolCalls(broken, 'hermes')).toBe(
    '<tool_call>\n{"name": "f", "arguments": "{\\"a\\": "}\n</tool_call>',
  );
});

it.each<[string, ToolCallFormat, string | undefined]>([
  ['demo-10M', 'mistral', undefined],
  ['mistralai-Ministral-3-14B-Reasoning-2512', 'mistral', '[THINK]'],
  ['Mistral-Small-3.2-24B-Instruct-2506', 'mistral-id', undefined],
  ['mistralai-Mistral-Nemo-Instruct-2407', 'mistral-list', undefined],
  ['Qwen-Qwen2.5-7B-Instruct', 'hermes', undefined],
  ['Qwen-Qwen3-0.6B', 'hermes', '<think>'],
  ['Qwen3-Coder', 'qwen-coder', undefined],
  ['GLM-4.6', 'glm', '<think>'],
  ['deepseek-ai-DeepSeek-R1-Distill-Qwen-32B', 'deepseek', '<think>'],
  ['microsoft-Phi-3.5-mini-instruct', 'generic', undefined],
])('%s shows how its model answers', (name, calls, open) => {
  const found = answerFormatOf(template(name).source);
  expect([found.calls, found.reasoning?.open]).toEqual([calls, open]);
});

it('templates of DeepSeek V3.1 and of gpt-oss are known by their marks', () => {
  const source = '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>{{ name }}<｜tool▁sep｜>{{ arguments }}';
  expect(answerFormatOf(source).calls).toBe('deepseek-v3.1');
  expect(answerFormatOf('<|start|>assistant<|channel|>final<|message|>').calls).toBe('harmony');
});

it('a template of Llama 3 is known by its marks', () => {
  const source = '<|start_header_id|>…{"name": function name, "parameters": …}';
  expect(answerFormatOf(source)).toEqual({ calls: 'llama3', reasoning: undefined });
});

it('a prompt may end in the reasoning', () => {
  const tags = { open: '<think>', close: '</think>' };
  expect(endsInReasoning('…<think>\n', tags)).toBe(true);
  expect(endsInReasoning('<think></think>', tags)).toBe(false);
  expect(endsInReasoning('<think>', undefined)).toBe(false);
});
