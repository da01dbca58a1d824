import { describe, expect, it } from 'vitest';
import { HalftoneError, isHalftoneError } from '../src/index';

class ExampleError extends HalftoneError<'truncated'> {}

describe('HalftoneError', () => {
  it('tells what, where, found, allowed and what to do, in that order', () => {
    const error = new ExampleError('truncated', 'the data ends early', {
      file: 'model.gguf',
      tensor: 'output.weight',
      offset: 4096,
      found: 12,
      allowed: 'at least 34',
      advice: 'Download the file again.',
    });
    expect(error.message).toBe(
      'model.gguf: tensor "output.weight": at byte 4096: the data ends early (found 12, allowed at least 34). Download the file again.',
    );
    expect(error).toMatchObject({ name: 'ExampleError', code: 'truncated' });
  });

  it('tells the line behind the file', () => {
    const facts = { line: 3, advice: 'Write pattern=type.' };
    expect(new ExampleError('truncated', 'there is no =', { ...facts, file: 'mix.recipe' }).message).toBe(
      'mix.recipe, line 3: there is no =. Write pattern=type.',
    );
    expect(new ExampleError('truncated', 'there is no =', facts).message).toBe(
      'line 3: there is no =. Write pattern=type.',
    );
  });

  it('leaves out what is not known', () => {
    expect(new ExampleError('truncated', 'the data ends early').message).toBe('the data ends early.');
  });

  it('is told from other errors', () => {
    expect(isHalftoneError(new ExampleError('truncated', 'the data ends early'))).toBe(true);
    expect(isHalftoneError(new Error('disk'))).toBe(false);
  });

  it('keeps the cause', () => {
    const cause = new Error('disk');
    expect(new ExampleError('truncated', 'cannot read', { cause }).cause).toBe(cause);
  });

  it('is told with what a caller knows of the place, and keeps what it knew itself', () => {
    const inner = new ExampleError('truncated', 'the data ends early', { offset: 7 });
    const told = inner.with({ file: 'model.gguf', offset: 8 });
    expect(told).toBeInstanceOf(ExampleError);
    expect(told.message).toBe('model.gguf: at byte 7: the data ends early.');
    expect(told).toMatchObject({ code: 'truncated', cause: inner, facts: { file: 'model.gguf', offset: 7 } });
  });
});
