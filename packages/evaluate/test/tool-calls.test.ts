import type { JsonObject } from '@halftone/chat';
import { describe, expect, it } from 'vitest';
import { readToolTasks, ToolCallScore } from '../src';
import { isExact } from '../src/tool-calls/exact';

const call = (name: string, value: JsonObject) => ({ name, arguments: value }) as const;

describe('calls of tools', () => {
  it('are the same whatever the order of keys, and not otherwise', () => {
    const expected = [call('a', { x: 1, y: { z: [1, null] } })];
    expect(isExact([call('a', { y: { z: [1, null] }, x: 1 })], expected)).toBe(true);
    expect(isExact([call('a', { y: { z: [null, 1] }, x: 1 })], expected)).toBe(false);
    expect(isExact([call('a', { x: '1', y: { z: [1, null] } })], expected)).toBe(false);
    expect(isExact([call('a', { x: 1 })], expected)).toBe(false);
    expect(isExact([call('b', { x: 1, y: { z: [1, null] } })], expected)).toBe(false);
    const nested = (depth: number) => [
      call('a', JSON.parse(`{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`) as JsonObject),
    ];
    expect(isExact(nested(99), nested(99))).toBe(true);
    expect(isExact(nested(100), nested(100))).toBe(false);
    expect(isExact([], expected)).toBe(false);
    expect(isExact([...expected, ...expected], expected)).toBe(false);
  });

  it('are counted by the task, and told with the error of their share', () => {
    const score = new ToolCallScore();
    const task = { expected: [{ name: 'a', arguments: {} }] };
    const exact = Array.from({ length: 20 }, (_, index) =>
      score.add(task, index % 4 === 0 ? [call('b', {})] : [call('a', {})]),
    );
    expect(exact.filter((one) => one)).toHaveLength(15);
    expect(score.report()).toMatchObject({ tasks: 20, exact: 15, score: { value: 0.75 } });
    expect(score.report().score.error).toBeCloseTo(Math.sqrt((0.75 * 0.25) / 19), 9);
  });

  it('are read from lines, and a wrong line is named', () => {
    const task = { messages: [{ role: 'user', content: 'Hi' }], tools: [], expected: [] };
    expect(readToolTasks(`${JSON.stringify(task)}\n\n`, 'tasks.jsonl')).toEqual([task]);
    expect(() => readToolTasks(`${JSON.stringify(task)}\n{}`, 'tasks.jsonl')).toThrow(/tasks\.jsonl, line 2/);
    expect(() => readToolTasks('{', 'tasks.jsonl')).toThrow(/no JSON/);
    expect(() => readToolTasks('', 'tasks.jsonl')).toThrow(/no tasks/);
  });
});
