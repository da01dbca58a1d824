/** A cell of comma-separated values: texts in quotation marks, those within doubled; numbers as they are. RFC 4180. */
export function csvCell(value: string | number): string {
  return typeof value === 'number' ? String(value) : `"${value.replaceAll('"', '""')}"`;
}
