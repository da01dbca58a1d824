import { describe, expect, it } from 'vitest';
import { formatTable } from '../src/print/table';
import { formatBytes, formatCount, formatDuration } from '../src/print/units';

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
