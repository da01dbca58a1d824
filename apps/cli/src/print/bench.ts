import { basename } from 'node:path';
import { csvCell } from './csv';
import { formatBytes } from './units';

/** What was measured of one model in one test. */
export interface BenchRow {
  readonly model: string;
  readonly architecture: string;
  /** Bytes of all tensors. */
  readonly size: number;
  readonly parameters: number;
  readonly backend: string;
  readonly threads: number;
  /** As `pp512` or `tg128 @ d1024`. */
  readonly test: string;
  readonly tokensPerSecond: number;
  /** Standard deviation of the repetitions, in tokens per second. */
  readonly deviation: number;
}

/** The rows as a table of Markdown with llama-bench's columns, as comma-separated values, or as JSON. */
export function formatBench(rows: readonly BenchRow[], format: 'md' | 'csv' | 'json'): string {
  if (format === 'json') return JSON.stringify(rows, undefined, 2);
  if (format === 'csv') {
    const heading = [
      'model',
      'architecture',
      'size',
      'params',
      'backend',
      'threads',
      'test',
      'avg_ts',
      'stddev_ts',
    ];
    return [heading, ...rows.map((row) => Object.values(row).map(csvCell))]
      .map((cells) => cells.join(','))
      .join('\n');
  }
  return [
    '| model | size | params | backend | threads | test | t/s |',
    '| --- | ---: | ---: | --- | ---: | ---: | ---: |',
    ...rows.map(
      (row) =>
        `| ${basename(row.model)} | ${formatBytes(row.size)} | ${(row.parameters / 1e9).toFixed(2)} B | ${row.backend} | ${row.threads} | ` +
        `${row.test} | ${row.tokensPerSecond.toFixed(2)} ± ${row.deviation.toFixed(2)} |`,
    ),
  ].join('\n');
}
