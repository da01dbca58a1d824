import type { ImportanceEntry, ImportanceMatrix } from '@halftone/imatrix';
import { describe, expect, it } from 'vitest';
import { formatTable } from '../src/print/table';
import { unhitByTensor, unhitExpertNotes } from '../src/print/notes';
import { formatBytes, formatCount, formatDuration, formatError, formatRanges } from '../src/print/units';

describe('units', () => {
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.0 KiB'],
    [12_959_059_968, '12.069 GiB'],
  ])('formatBytes(%d) is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [7, '7'],
    [1234, '1,234'],
    [23_572_403_200, '23,572,403,200'],
  ])('formatCount(%d) is %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it.each([
    [0.2, '0:00'],
    [59.6, '1:00'],
    [3723, '1:02:03'],
  ])('formatDuration(%d) is %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('figures', () => {
  it('formatError says that an error is not known', () => {
    expect(formatError(0.25, (error) => error.toFixed(1))).toBe('0.3');
    expect(formatError(Number.NaN, (error) => error.toFixed(1))).toBe('(not known: too few samples)');
  });

  it('formatRanges puts together what follows one another', () => {
    expect(formatRanges([0, 2, 3, 4, 9, 11, 12])).toBe('0, 2-4, 9, 11-12');
    expect(formatRanges([])).toBe('');
  });
});

describe('experts that were never hit', () => {
  const entry = (name: string, counts: readonly number[]): [string, ImportanceEntry] => [
    name,
    { name, sums: new Float64Array(counts.length), counts: Float64Array.from(counts) },
  ];
  const matrix = (...entries: [string, ImportanceEntry][]): ImportanceMatrix => ({
    source: 'test.gguf',
    entries: new Map(entries),
    chunkCount: 1,
    chunkSize: 512,
    datasets: [],
  });

  it('are counted once for a layer, and named', () => {
    const told = matrix(
      entry('blk.0.ffn_gate_exps.weight', [0, 3, 0, 0]),
      entry('blk.0.ffn_down_exps.weight', [0, 3, 0, 0]),
      entry('blk.1.ffn_down_exps.weight', [1, 0, 1, 1]),
      entry('blk.1.attn_q.weight', [0]),
      entry('blk.2.ffn_down_exps.weight', [1, 1, 1, 1]),
    );
    expect([...unhitByTensor(told).keys()]).toHaveLength(3);
    const [heading, ...lines] = unhitExpertNotes(told);
    expect(heading).toMatch(/4 experts of 2 layers were never hit/);
    expect(lines).toEqual(['  blk.0: 0, 2-3', '  blk.1: 1']);
  });

  it('are not told where there are none', () => {
    expect(unhitExpertNotes(matrix(entry('blk.0.ffn_down_exps.weight', [1, 2])))).toEqual([]);
  });
});

describe('formatTable', () => {
  it('shows control characters of hostile names instead of obeying them', () => {
    const [, line] = formatTable([{ heading: 'name', align: 'left' }], [['a\u001b[2Jb\nc\u009bd']]);
    expect(line).toBe('a\\x1b[2Jb\\x0ac\\x9bd');
  });

  it('holds as many rows as a file may have tensors', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [String(index)]);
    expect(formatTable([{ heading: 'n', align: 'right' }], rows)).toHaveLength(200_001);
  });

  it('lines up text on the left and numbers on the right, without blanks at line ends', () => {
    const lines = formatTable(
      [
        { heading: 'type', align: 'left' },
        { heading: 'count', align: 'right' },
        { heading: 'note', align: 'left' },
      ],
      [
        ['q8_0', '7', ''],
        ['f32', '1,234', 'kept'],
      ],
    );
    expect(lines).toEqual(['type  count  note', 'q8_0      7', 'f32   1,234  kept']);
  });
});
