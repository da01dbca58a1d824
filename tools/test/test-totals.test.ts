import { describe, expect, it } from 'vitest';
import { countTests, totalsLine } from '../test-totals.mjs';

function file(status: string, ...tests: string[]) {
  return { status, assertionResults: tests.map((one) => ({ status: one })) };
}

describe('countTests', () => {
  it('counts over all files; what neither passed nor failed was skipped', () => {
    const testResults = [file('passed', 'passed', 'pending', 'todo'), file('failed', 'failed', 'passed')];
    expect(countTests({ testResults })).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(countTests({ testResults: [file('failed')] })).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('counts a file whose hook failed after its tests as a failure', () => {
    expect(countTests({ testResults: [file('failed', 'passed')] })).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });
});

describe('totalsLine', () => {
  it('is short', () => {
    expect(totalsLine({ passed: 7, failed: 1, skipped: 0 })).toBe('7 passed, 1 failed, 0 skipped');
  });
});
