import { rowsTogether, type Field, type FieldEncoding, type FormatDefinition } from '../src/format';

/** How many values of an encoding fit in one byte. */
const VALUES_PER_BYTE: Readonly<Record<FieldEncoding, number>> = {
  f32: 1 / 4,
  f16: 1 / 2,
  bf16: 1 / 2,
  u16: 1 / 2,
  i16: 1 / 2,
  i32: 1 / 4,
  u8: 1,
  i8: 1,
  nibbles: 2,
  bits2: 4,
  bits1: 8,
};

/** The drawing of a format's layout: one box for the prefix of a row, when there is one, and one for a block. */
export function renderLayout(format: FormatDefinition): string[] {
  const { rowPrefix, block } = format.layout;
  const weights = format.blockLength === 1 ? '1 weight' : `${format.blockLength} weights`;
  const rows = rowsTogether(format);
  const [ofRows, forRows] = rows === 1 ? ['', ''] : [`${rows} rows of `, ` for ${rows} rows`];
  const prefix = `row prefix: ${rows * format.rowPrefixBytes} bytes${forRows}`;
  return [
    ...(rowPrefix.length === 0 ? [] : [prefix, ...box(rowPrefix)]),
    `block: ${ofRows}${weights} in ${rows * format.bytesPerBlock} bytes`,
    ...box(block),
  ];
}

/** Fields side by side: name, content, bytes. */
function box(fields: readonly Field[]): string[] {
  const columns = fields.map((field) => [field.name, content(field), span(field)]);
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  const border = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (row: number) =>
    `|${columns.map((cells, index) => ` ${(cells[row] ?? '').padEnd(widths[index] ?? 0)} `).join('|')}|`;
  return [border, line(0), line(1), line(2), border];
}

function content({ as, lengthBytes }: Field): string {
  const count = lengthBytes * VALUES_PER_BYTE[as];
  return count === 1 ? as : `${count} x ${as}`;
}

function span({ offsetBytes, lengthBytes }: Field): string {
  return `bytes ${offsetBytes}-${offsetBytes + lengthBytes - 1}`;
}
