import type { BatchEntry } from '@halftone/runtime';
import { describe, expect, it } from 'vitest';
import type { TakenSequence } from '../src/engine/kept-sequences';
import { Scheduler } from '../src/engine/scheduler';
import { fakeSession, TestTask } from './fake-session';

/** A task that fails when it has its place in the cache. */
class FailingTask extends TestTask {
  override start(taken: TakenSequence): void {
    // Whether it was closed is seen afterwards.
    super.start(taken, 0);
    throw new Error('cannot begin');
  }
}

describe('a text that cannot begin', () => {
  it('leaves nothing of its place in the cache', async () => {
    const scheduler = new Scheduler(fakeSession(), { slots: 1, contextLength: 64, maxWaiting: 4 });
    const [first] = scheduler.add('a', 1, () => [new TestTask('a', [1, 2, 3])] as const);
    await first.ended;
    const [failing] = scheduler.add('a', 1, () => [new FailingTask('a', [1, 2, 3, 4])] as const);
    await failing.ended;
    expect(failing.error?.code).toBe('failed');
    expect([failing.cached, failing.kept.sequence.length]).toEqual([3, 0]);
    await scheduler.close();
  });
});

/** A token of which a session makes nothing but an error. */
const POISON = 666;

const isPoisoned = ({ tokens }: BatchEntry): boolean => Array.from(tokens).includes(POISON);

describe('a step in which one sequence fails', () => {
  it.each(['logits', 'states'] as const)('does not fail the others: %s', async (kind) => {
    const sizes: number[] = [];
    const session = fakeSession(async (batch) => {
      sizes.push(batch.length);
      if (batch.some(isPoisoned)) throw new Error('no such token');
    });
    const scheduler = new Scheduler(session, { slots: 4, contextLength: 64, maxWaiting: 0 });
    const tasks = scheduler.add('a', 4, () =>
      [[1, 2], [POISON], [3], [4, 5, 6]].map((tokens) => new TestTask('a', tokens, { kind })),
    );
    await Promise.all(tasks.map(({ ended }) => ended));
    expect(tasks.map(({ error }) => error?.code)).toEqual([undefined, 'failed', undefined, undefined]);
    // Each has read its tokens once, though the step was tried twice.
    expect(tasks.map(({ kept }) => kept.tokens)).toEqual([[1, 2], [], [3], [4, 5, 6]]);
    expect(sizes).toEqual([4, 1, 1, 1, 1]);
    await scheduler.close();
  });

  it('does not fail those that want other rows, nor lets them read twice', async () => {
    const reads: number[] = [];
    const session = fakeSession(async (batch) => {
      if (batch.some(isPoisoned)) throw new Error('no such token');
      for (const { tokens } of batch) reads.push(...Array.from(tokens));
    });
    const scheduler = new Scheduler(session, { slots: 2, contextLength: 64, maxWaiting: 0 });
    const [text, vector] = scheduler.add(
      'a',
      2,
      () => [new TestTask('a', [1, 2]), new TestTask('a', [POISON], { kind: 'states' })] as const,
    );
    await Promise.all([text.ended, vector.ended]);
    expect([text.error, vector.error?.code]).toEqual([undefined, 'failed']);
    expect(reads).toEqual([1, 2]);
    await scheduler.close();
  });

  it('does not fail the others where a task cannot use its rows', async () => {
    class Broken extends TestTask {
      override take(): void {
        throw new Error('broken');
      }
    }
    const scheduler = new Scheduler(fakeSession(), { slots: 2, contextLength: 64, maxWaiting: 0 });
    const [broken, right] = scheduler.add(
      'a',
      2,
      () => [new Broken('a', [1]), new TestTask('a', [2])] as const,
    );
    await Promise.all([broken.ended, right.ended]);
    expect([broken.error?.code, right.error, right.taken]).toEqual(['failed', undefined, 1]);
    await scheduler.close();
  });
});
