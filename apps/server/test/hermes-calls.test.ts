import { parseAnswer, type ToolDefinition } from '@halftone/chat';
import { demoModel } from '@halftone/demo-model';
import { openModel, type OpenedModel } from '@halftone/runtime/node';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HermesCalls } from '../src/engine/constraints/hermes-calls';
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
): { readonly refused: string | undefined; readonly mayEnd: boolean } {
  const { tokenizer } = opened.model;
  const constraint = new HermesCalls(new TokenTexts(tokenizer), tools, rules);
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
});
