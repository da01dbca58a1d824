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
  /** Tokens of the prompt, or 0. */
  readonly prompt: number;
  /** Tokens generated, or 0. */
  readonly generated: number;
  /** Tokens that stood in the cache before. */
  readonly depth: number;
  /** Mean and standard deviation of the repetitions, in tokens per second. */
  readonly speed: { readonly mean: number; readonly deviation: number };
}

/** The rows as a table of Markdown, as comma-separated values, or as JSON, with llama-bench's columns. */
export function formatBench(rows: readonly BenchRow[], format: 'md' | 'csv' | 'json'): string {
  if (format === 'md') return benchTable(rows);
  const named = rows.map(namedColumns);
  if (format === 'json') return JSON.stringify(named, undefined, 2);
  const [first] = named;
  const heading = first === undefined ? [] : Object.keys(first);
  return [heading, ...named.map((row) => Object.values(row).map(csvCell))]
    .map((cells) => cells.join(','))
    .join('\n');
}

/** A row by the names of llama-bench's columns. */
function namedColumns(row: BenchRow): Readonly<Record<string, string | number>> {
  return {
    backends: row.backend,
    model_filename: row.model,
    model_type: row.architecture,
    model_size: row.size,
    model_n_params: row.parameters,
    n_threads: row.threads,
    n_prompt: row.prompt,
    n_gen: row.generated,
    n_depth: row.depth,
    avg_ts: row.speed.mean,
    stddev_ts: row.speed.deviation,
  };
}

function benchTable(rows: readonly BenchRow[]): string {
  return [
    '| model | size | params | backend | threads | test | t/s |',
    '| --- | ---: | ---: | --- | ---: | ---: | ---: |',
    ...rows.map(
      (row) =>
        `| ${basename(row.model)} | ${formatBytes(row.size)} | ${(row.parameters / 1e9).toFixed(2)} B | ${row.backend} | ${row.threads} | ` +
        `${testName(row)} | ${row.speed.mean.toFixed(2)} ± ${row.speed.deviation.toFixed(2)} |`,
    ),
  ].join('\n');
}

/** As `pp512` or `tg128 @ d1024`. */
export function testName({
  prompt,
  generated,
  depth,
}: Pick<BenchRow, 'prompt' | 'generated' | 'depth'>): string {
  const name = generated === 0 ? `pp${prompt}` : `tg${generated}`;
  return depth === 0 ? name : `${name} @ d${depth}`;
}
