import { describe, expect, it } from 'vitest';
import { isExact, readToolTasks } from '../src';

const call = (name: string, value: Record<string, unknown>) => ({ name, arguments: value }) as const;

describe('calls of tools', () => {
  it('are the same whatever the order of keys, and not otherwise', () => {
    const expected = [call('a', { x: 1, y: { z: [1, null] } })] as Parameters<typeof isExact>[1];
    expect(isExact([call('a', { y: { z: [1, null] }, x: 1 })], expected)).toBe(true);
    expect(isExact([call('a', { y: { z: [null, 1] }, x: 1 })], expected)).toBe(false);
    expect(isExact([call('a', { x: '1', y: { z: [1, null] } })], expected)).toBe(false);
    expect(isExact([call('a', { x: 1 })], expected)).toBe(false);
    expect(isExact([call('b', { x: 1, y: { z: [1, null] } })], expected)).toBe(false);
    expect(isExact([], expected)).toBe(false);
    expect(isExact([...expected, ...expected], expected)).toBe(false);
  });

  it('are read from lines, and a wrong line is named', () => {
    const task = { messages: [{ role: 'user', content: 'Hi' }], tools: [], expected: [] };
    expect(readToolTasks(`${JSON.stringify(task)}\n\n`, 'tasks.jsonl')).toEqual([task]);
    expect(() => readToolTasks(`${JSON.stringify(task)}\n{}`, 'tasks.jsonl')).toThrow(/tasks\.jsonl, line 2/);
    expect(() => readToolTasks('{', 'tasks.jsonl')).toThrow(/no JSON/);
    expect(() => readToolTasks('', 'tasks.jsonl')).toThrow(/no tasks/);
  });
});
