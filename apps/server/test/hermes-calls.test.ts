import { parseAnswer, type ToolDefinition } from '@halftone/chat';
import { demoModel } from '@halftone/demo-model';
import { openModel, type OpenedModel } from '@halftone/runtime/node';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constraintOf } from '../src/engine/constraints/constraint';
import { TokenTexts } from '../src/engine/constraints/token-texts';
import type { CallRules } from '../src/engine/engine';

let opened: OpenedModel;
beforeAll(async () => {
  opened = await openModel(fileURLToPath(demoModel.model));
});
afterAll(() => opened.close());

const tools: readonly ToolDefinition[] = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  function: {
    name,
    parameters: { type: 'object', properties: { city: { enum: ['Paris', 'Rome'] } }, required: ['city'] },
  },
}));

/** Feed a text token by token; tells where it was refused. */
function write(
  text: string,
  rules: CallRules,
  offered = tools,
): { readonly refused: string | undefined; readonly mayEnd: boolean } {
  const { tokenizer } = opened.model;
  const constraint = constraintOf(
    { prompt: { kind: 'text', text: '' }, sampling: {}, client: '', calls: rules },
    { texts: new TokenTexts(tokenizer), format: { calls: 'hermes', reasoning: undefined }, tools: offered },
  );
  if (constraint === undefined) throw new Error('nothing is bound');
  for (const token of tokenizer.encode(text, { addSpecial: false })) {
    if (!constraint.allows(token)) return { refused: tokenizer.decode([token]), mayEnd: false };
    constraint.accept(token);
  }
  const end = [...tokenizer.endOfGeneration][0] ?? 0;
  return { refused: undefined, mayEnd: constraint.allows(end) };
}

const auto: CallRules = { choice: 'auto', isParallel: true };
const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>';

describe('calls in the form of Hermes', () => {
  it('are bound from their mark on, and free text is not', () => {
    expect(write(`Let me see <b>.\n${call}\n${call}`, auto)).toEqual({ refused: undefined, mayEnd: true });
    expect(parseAnswer(call, { calls: 'hermes', reasoning: undefined }).calls).toHaveLength(1);
    expect(write('<tool_call>\n{"name": "get_we', auto)).toEqual({ refused: undefined, mayEnd: false });
    expect(write('<tool_call>\n{"name": "other"', auto).refused).toBeDefined();
    expect(write(call.replace('Paris', 'Oslo'), auto).refused).toBeDefined();
    expect(write('<tool_call>call it', auto).refused).toBeDefined();
  });

  it('follow the rules of the request', () => {
    expect(write(call, { ...auto, choice: 'none' }).refused).toBeDefined();
    expect(write(`${call}\n${call}`, { ...auto, isParallel: false }).refused).toBeDefined();
    expect(write('Hello', { ...auto, choice: 'required' }).refused).toBeDefined();
    expect(write('', { ...auto, choice: 'required' }).mayEnd).toBe(false);
    expect(write(call, { ...auto, choice: 'required' })).toEqual({ refused: undefined, mayEnd: true });
    expect(write(call, { ...auto, choice: { name: 'get_time' } }).refused).toBeDefined();
  });

  it('have arguments whose references lead to places in the parameters of their own tool', () => {
    const parameters = (kind: string) => ({
      properties: { kind: { $ref: '#/$defs/kind' } },
      required: ['kind'],
      $defs: { kind: { enum: [kind] } },
    });
    const offered = ['film', 'book'].map((name): ToolDefinition => ({
      type: 'function',
      function: { name, parameters: parameters(name) },
    }));
    const calling = (name: string, kind: string): string =>
      `<tool_call>\n{"name": "${name}", "arguments": {"kind": "${kind}"}}\n</tool_call>`;
    expect(write(calling('film', 'film'), auto, offered)).toEqual({ refused: undefined, mayEnd: true });
    expect(write(calling('book', 'book'), auto, offered)).toEqual({ refused: undefined, mayEnd: true });
    expect(write(calling('book', 'film'), auto, offered).refused).toBeDefined();
  });

  it('follow patterns that can be followed; a strict tool has no others', () => {
    const offered = (pattern: string, more = {}): readonly ToolDefinition[] => [
      {
        type: 'function',
        function: { name: 'f', parameters: { properties: { a: { type: 'string', pattern } } }, ...more },
      },
    ];
    const calling = (value: string): string =>
      `<tool_call>\n{"name": "f", "arguments": {"a": "${value}"}}\n</tool_call>`;
    expect(write(calling('12'), auto, offered('^\\d+$')).mayEnd).toBe(true);
    expect(write(calling('1x'), auto, offered('^\\d+$')).refused).toBeDefined();
    expect(write(calling('1x'), auto, offered('(?<=1)x')).mayEnd).toBe(true);
    expect(() => write(calling('1x'), auto, offered('(?<=1)x', { strict: true }))).toThrow(
      /the parameters of the tool f: the pattern/,
    );
  });
});
