import { printableOnOneLine } from './printable';

/** A column of a table: its heading, and on which side its cells are lined up (numbers go right). */
export interface Column {
  readonly heading: string;
  readonly align: 'left' | 'right';
}

/** Lines of a table in plain text, two blanks between columns: easy to read, to copy and to cut. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map(({ heading }) => heading), ...rows.map((row) => row.map(printableOnOneLine))];
  const widths = columns.map((_, index) =>
    cells.reduce((width, row) => Math.max(width, row[index]?.length ?? 0), 0),
  );
  return cells.map((row) =>
    columns
      .map(({ align }, index) => {
        const cell = row[index] ?? '';
        const width = widths[index] ?? 0;
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
