import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnswerParser, formatToolCalls, type AnswerEvent, type ToolCallFormat } from '../src/index';

const formats: readonly ToolCallFormat[] = [
  ...(['mistral', 'mistral-id', 'mistral-list', 'hermes', 'qwen-coder', 'glm'] as const),
  ...(['deepseek', 'deepseek-v3.1', 'harmony', 'llama3', 'generic'] as const),
];

/** Between tags, a text may not hold the tag that ends it. */
const words = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('<'));
const value = fc.oneof(
  ...[words, fc.integer(), fc.boolean(), fc.constant('😀"\\')],
  ...[fc.array(words), fc.record({ a: words })],
);
const calls = fc.array(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), value), {
  minLength: 1,
  maxLength: 2,
});

it.each(formats)(
  'what has come of the arguments of a call in %s is the beginning of JSON, at every cut',
  (format) => {
    fc.assert(
      fc.property(calls, (all) => {
        const written = all.map((one) => ({ name: 'f', arguments: JSON.stringify(one) }));
        const parser = new AnswerParser({ calls: format, reasoning: undefined });
        const told: string[] = [];
        const seen: (readonly string[])[] = [];
        const take = (events: readonly AnswerEvent[]): void => {
          for (const event of events) {
            if (event.type === 'tool-call-started') told.push('');
            if (event.type === 'tool-call-arguments') told.push((told.pop() ?? '') + event.text);
          }
          seen.push([...told]);
        };
        // By UTF-16 units: halves of surrogate pairs come one by one.
        for (const unit of formatToolCalls(written, format).split('')) take(parser.push(unit));
        take(parser.finish());
        expect(told.map((text) => JSON.parse(text) as unknown)).toHaveLength(all.length);
        for (const before of seen) {
          for (const [index, text] of before.entries()) expect(told[index]?.startsWith(text)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  },
);
