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

  it('that was cut off elsewhere is told to its end', () => {
    for (const [format, text] of [
      ['mistral', 'a [TOOL_CALLS] opens a call'],
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
