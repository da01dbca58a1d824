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
    const answers = RememberedAnswers.create();
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
    const other = RememberedAnswers.create();
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

describe('answers to one prompt that say the same', () => {
  /** Two calls in one answer, which are equal but for how their JSON is written, and another answer with them the other way round. */
  const [sorted, turned] = ['{"a": 1, "b": 2}', '{"b":2,"a":1}'];
  const answerOf = (ids: readonly string[], texts: readonly string[], reasoning = '') => ({
    content: '',
    reasoning,
    calls: ids.map((id, place) => ({ id, name: 'f', arguments: texts[place] ?? '', complete: true })),
  });
  const messageOf = (ids: readonly (string | undefined)[], texts: readonly (string | object)[]) =>
    ({
      role: 'assistant',
      content: null,
      tool_calls: ids.map((id, place) => ({ id, function: { name: 'f', arguments: texts[place] ?? '' } })),
    }) as AssistantMessage;
  const first = Int32Array.of(10, 11, 12);
  const second = Int32Array.of(10, 12, 11);

  function filled(): RememberedAnswers {
    const answers = RememberedAnswers.create();
    answers.remember([1], first, answerOf(['p', 'q'], [sorted, turned]));
    answers.remember([1], second, answerOf(['r', 's'], [turned, sorted]));
    return answers;
  }

  it('are told apart by the ids of their calls, however a client writes the JSON', () => {
    for (const texts of [
      [sorted, turned],
      [turned, sorted],
      [
        { b: 2, a: 1 },
        { b: 2, a: 1 },
      ],
    ]) {
      expect(filled().tokensOf(messageOf(['p', 'q'], texts), [1])).toEqual(first);
      expect(filled().tokensOf(messageOf(['r', 's'], texts), [1])).toEqual(second);
    }
  });

  it('are told apart by how they are written, where a client makes ids of its own or leaves them out', () => {
    for (const ids of [
      ['x', 'y'],
      [undefined, undefined],
    ]) {
      expect(filled().tokensOf(messageOf(ids, [sorted, turned]), [1])).toEqual(first);
      expect(filled().tokensOf(messageOf(ids, [turned, sorted]), [1])).toEqual(second);
      expect(filled().tokensOf(messageOf(ids, [turned, turned]), [1])).toEqual(second);
    }
  });

  it('are told apart by what was thought', () => {
    const answers = filled();
    answers.remember([1], [13], answerOf(['t', 'u'], ['{"a":1,"b":2}', '{"a":1,"b":2}'], 'Hm.'));
    const message = {
      ...messageOf(
        ['x', 'y'],
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      ),
      reasoning_content: 'Hm. ',
    };
    expect(answers.tokensOf(message, [1])).toEqual(Int32Array.of(13));
  });

  it('count once where the tokens are the same, and are forgotten with the oldest', () => {
    const answers = RememberedAnswers.create({ maxTokens: 2 * 64 + 8 });
    for (let time = 0; time < 5; time++) answers.remember([1], first, answerOf(['p', 'q'], [sorted, turned]));
    answers.remember([1], second, answerOf(['r', 's'], [turned, sorted]));
    expect(answers.reasoningsOf(messageOf([], []))).toEqual([]);
    expect(answers.reasoningsOf(messageOf(['p', 'q'], [sorted, turned]))).toEqual(['', '']);
    answers.remember([1], [14], answerOf(['v', 'w'], [turned, turned]));
    expect(answers.reasoningsOf(messageOf(['p', 'q'], [sorted, turned]))).toEqual(['', '']);
    expect(answers.tokensOf(messageOf(['p', 'q'], [sorted, turned]), [1])).toEqual(Int32Array.of(14));
  });
});

describe('answers of several owners', () => {
  const message: AssistantMessage = { role: 'assistant', content: 'Yes.' };
  const thought = { content: 'Yes.', reasoning: 'The password is swordfish.', calls: [] };
  const plain = { content: 'Yes.', reasoning: '', calls: [] };

  it('are kept apart, though they say the same to the same prompt', () => {
    const answers = RememberedAnswers.create();
    const [one, other] = [answers.of('one'), answers.of('other')];
    one.remember([1, 2], [10, 11], thought);
    other.remember([3], [12], plain);
    expect(other.tokensOf(message, [1, 2])).toBeUndefined();
    expect(other.reasoningsOf(message)).toEqual(['']);
    expect(other.save([1, 2, 10, 11])).toEqual([]);
    expect(answers.of('one').tokensOf(message, [1, 2])).toEqual(Int32Array.of(10, 11));
    expect(answers.tokensOf(message, [1, 2])).toBeUndefined();
  });

  it('share one budget, in which each answer weighs something, however short it is', () => {
    const answers = RememberedAnswers.create({ maxTokens: 650 });
    for (let prompt = 0; prompt < 1000; prompt++) answers.of('one').remember([prompt], [], plain);
    answers.of('other').remember([7], [], plain);
    expect(answers.of('one').reasoningsOf(message)).toHaveLength(9);
    expect(answers.of('one').tokensOf(message, [999])).toEqual(Int32Array.of());
    expect(answers.of('other').reasoningsOf(message)).toHaveLength(1);
  });
});
