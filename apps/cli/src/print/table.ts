/** A column of a table: its heading, and on which side its cells are lined up (numbers go right). */
export interface Column {
  readonly heading: string;
  readonly align: 'left' | 'right';
}

/** Lines of a table in plain text, two blanks between columns: easy to read, to copy and to cut. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const headings = columns.map(({ heading }) => heading);
  const widths = columns.map((_, index) =>
    Math.max(...[headings, ...rows].map((row) => row[index]?.length ?? 0)),
  );
  const formatRow = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? '';
        const width = widths[index] ?? 0;
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [formatRow(headings), ...rows.map(formatRow)];
}
