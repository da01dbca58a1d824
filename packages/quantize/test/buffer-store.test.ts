import { describe, expect, it } from 'vitest';
import { BufferStore } from '../src/buffer-store';

describe('BufferStore', () => {
  it('gives a buffer that came back to the next who finds room in it', () => {
    const store = new BufferStore();
    const first = store.take(100);
    store.give(first);
    const second = store.take(60);
    expect(second.buffer).toBe(first.buffer);
    expect(second).toHaveLength(60);
    expect(store.take(60).buffer).not.toBe(first.buffer);
  });

  it('lets a buffer go that is too small, and makes a larger one', () => {
    const store = new BufferStore();
    const small = store.take(10);
    store.give(small);
    expect(store.take(20)).toHaveLength(20);
    expect(store.take(10).buffer).not.toBe(small.buffer);
  });
});
