import type { AssistantMessage } from '@halftone/chat';
import { describe, expect, it } from 'vitest';
import { RememberedAnswers, type SavedAnswer } from '../src';
import { messageKey } from '../src/message-key';

const called = (text: string): AssistantMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'x', function: { name: 'f', arguments: text } }],
});

describe('the key of a message', () => {
  const key = messageKey(called('{"a": {"10": 1, "9": [true]}, "b": 2}'));

  it.each([
    ['another order of keys', '{"b":2,"a":{"9":[true],"10":1}}'],
    ['other spaces', ' {\n"a": {"10" :1, "9":[ true ]}, "b":2.0}\n'],
  ])('is the same for arguments with %s', (_, text) => {
    expect(messageKey(called(text))).toBe(key);
  });

  it('is the same for arguments as an object, for trimmed content, for parts, and for other ids', () => {
    const message: AssistantMessage = {
      role: 'assistant',
      content: [{ type: 'text', text: ' \n' }],
      tool_calls: [{ id: 'y', function: { name: 'f', arguments: { b: 2, a: { 9: [true], 10: 1 } } } }],
    };
    expect(messageKey(message)).toBe(key);
  });

  it.each([
    ['another value', '{"a": {"10": 1, "9": [false]}, "b": 2}'],
    ['another order of elements', '{"a": {"10": 1, "9": [true]}, "b": [2]}'],
    ['no JSON', '{"a": {"10": 1, "9": [true]}, "b": 2'],
  ])('is another for arguments with %s', (_, text) => {
    expect(messageKey(called(text))).not.toBe(key);
  });

  it('takes arguments that are nested too deep for text', () => {
    const nested = (depth: number, space: string): string =>
      `{"a":${space}${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(messageKey(called(nested(100, ' ')))).toBe(messageKey(called(nested(100, ''))));
    expect(messageKey(called(nested(101, ' ')))).not.toBe(messageKey(called(nested(101, ''))));
    expect(() => messageKey(called(nested(100_000, '')))).not.toThrow();
  });
});

describe('answers of a conversation', () => {
  const message = (content: string): AssistantMessage => ({ role: 'assistant', content });
  const answer = (content: string, reasoning = '') => ({ content, reasoning, calls: [] });
  const conversation = [1, 2, 10, 11, 3, 4, 12];

  function filled(): RememberedAnswers {
    const answers = new RememberedAnswers();
    answers.remember([1, 2], [10, 11], answer('One.', 'Hm.'));
    answers.remember([1, 2, 10, 11, 3, 4], [12], answer('Two.'));
    answers.remember([1, 2], [13], answer('Another.'));
    answers.remember([1, 2, 10, 11, 3, 4], [12, 5], answer('Longer.'));
    return answers;
  }

  it('are saved where they stand in it, and come back in another memory', () => {
    const saved = filled().save(conversation);
    expect(saved.map(({ start, end, reasoning }) => [start, end, reasoning])).toEqual([
      [2, 4, 'Hm.'],
      [6, 7, ''],
    ]);
    const other = new RememberedAnswers();
    other.restore(conversation, JSON.parse(JSON.stringify(saved)) as SavedAnswer[]);
    expect(other.tokensOf(message('One.'), [1, 2])).toEqual(Int32Array.of(10, 11));
    expect(other.reasoningsOf(message('One.'))).toEqual(['Hm.']);
    expect(other.tokensOf(message('Two.'), [1, 2, 10, 11, 3, 4])).toEqual(Int32Array.of(12));
    expect(other.tokensOf(message('Two.'), [1, 2])).toBeUndefined();
    expect(other.tokensOf(message('Another.'), [1, 2])).toBeUndefined();
  });

  it('are none of a conversation that went another way', () => {
    expect(filled().save([1, 2, 10, 3])).toEqual([]);
    expect(filled().save([])).toEqual([]);
  });
});
