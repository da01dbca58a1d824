import { describe, expect, it } from 'vitest';
import { AnswerParser, collectAnswer, type ToolCallFormat } from '../src/index';

describe('an answer', () => {
  it.each<[ToolCallFormat, string, string]>([
    ['mistral', '[TOOL_CALLS]get', ''],
    ['mistral', 'Hi.[TOOL_CALLS]get_weather[ARG', 'Hi.'],
    ['mistral', 'Hi.[TOOL_CALLS]', 'Hi.'],
    ['hermes', 'Hi.<tool_call>\n{"na', 'Hi.'],
    ['deepseek', '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function', ''],
    ['harmony', '<|channel|>commentary to=fun', ''],
    ['harmony', '<|channel|>final<|message|>Hi.<|end|><|start|>assistant to=', 'Hi.'],
  ])('has no head of a call where it was cut off in one: %s: %j', (format, text, content) => {
    const end = (isCut: boolean) => {
      const parser = new AnswerParser({ calls: format, reasoning: undefined });
      const events = [...parser.push(text), ...parser.finish(isCut)];
      return { ...collectAnswer(events), hasLeftOut: parser.hasLeftOut };
    };
    expect(end(true)).toEqual({ content, reasoning: '', calls: [], hasLeftOut: true });
    const whole = end(false);
    expect(whole.content.length).toBeGreaterThan(content.length);
    expect(whole.hasLeftOut).toBe(false);
  });

  it.each<[ToolCallFormat, string, string, string]>([
    ['hermes', 'Hi.<tool_c', 'Hi.', ''],
    ['mistral', 'Hi.[TOOL_CALLS', 'Hi.', ''],
    ['mistral', '[TO', '', ''],
    ['qwen-coder', 'Hi.\n<function', 'Hi.\n', ''],
    ['glm', 'Hi.<tool_call', 'Hi.', ''],
    ['deepseek', 'Hi.<｜tool▁calls▁beg', 'Hi.', ''],
    ['deepseek-v3.1', 'Hi.<｜tool▁call▁', 'Hi.', ''],
    ['llama3', 'Hi.<|python', 'Hi.', ''],
    ['generic', 'Hi.<tool_', 'Hi.', ''],
    ['harmony', '<|chan', '', ''],
    ['harmony', '<|channel|>final<|message|>Hi.<|en', 'Hi.', ''],
    ['harmony', '<|channel|>final<|message|>Hi.<|end|><|sta', 'Hi.', ''],
    ['hermes', '<thi', '', ''],
    ['hermes', '<think>Hm.</thi', '', 'Hm.'],
  ])('has no head of a mark where it was cut off in one: %s: %j', (format, text, content, reasoning) => {
    const reasoningTags = { open: '<think>', close: '</think>' };
    const end = (isCut: boolean) => {
      const parser = new AnswerParser({ calls: format, reasoning: reasoningTags });
      const events = [...parser.push(text), ...parser.finish(isCut)];
      return { ...collectAnswer(events), hasLeftOut: parser.hasLeftOut };
    };
    expect(end(true)).toEqual({ content, reasoning, calls: [], hasLeftOut: true });
    // A model that stops here of itself has written it.
    const whole = end(false);
    expect(`${whole.content}${whole.reasoning}`.length).toBeGreaterThan(content.length + reasoning.length);
    expect(whole.hasLeftOut).toBe(false);
  });

  it('that was cut off elsewhere is told to its end', () => {
    for (const [format, text] of [
      ['mistral', 'a [TOOL_CALLS] opens a call'],
      ['mistral', 'see ['],
      ['hermes', '1 <'],
      ['llama3', '{"name": "f", "par'],
      ['harmony', '<|channel|>final<|message|>a to=b'],
    ] as const) {
      const [parser, other] = [
        new AnswerParser({ calls: format, reasoning: undefined }),
        new AnswerParser({ calls: format, reasoning: undefined }),
      ];
      const events = [...parser.push(text), ...parser.finish(true)];
      expect(collectAnswer(events)).toEqual(collectAnswer([...other.push(text), ...other.finish()]));
      expect(parser.hasLeftOut).toBe(false);
    }
  });
});
