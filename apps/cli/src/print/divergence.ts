import { percentiles, type Distribution, type DivergenceReport, type Estimate } from '@halftone/evaluate';
import { formatTable } from './table';
import { csvCell } from './csv';
import { formatError, formatPercent } from './units';

/** What came of one model. */
export type ModelDivergence = DivergenceReport & { readonly model: string };

/** One figure of the table: its name, and how a report tells it. */
type Figure = readonly [name: string, tell: (report: DivergenceReport) => string];

const figures: readonly Figure[] = [
  ['perplexity', ({ perplexity }) => estimate(perplexity, 4)],
  ['perplexity of the base', ({ basePerplexity }) => estimate(basePerplexity, 4)],
  ['ratio of both', ({ ratio }) => estimate(ratio, 5)],
  ['ln of the ratio', ({ logRatio }) => estimate(logRatio, 5)],
  ['correlation of the losses', ({ correlation }) => formatPercent(correlation)],
  ...distributionFigures(
    'KLD',
    ({ divergence }) => divergence,
    (value) => value.toFixed(6),
  ),
  ...distributionFigures('Δp', ({ probabilityChange }) => probabilityChange, formatPercent),
  ['RMS Δp', ({ rootMeanSquareChange }) => withError(rootMeanSquareChange, formatPercent)],
  ['same top token', ({ sameTop }) => withError(sameTop, formatPercent)],
];

function distributionFigures(
  name: string,
  of: (report: DivergenceReport) => Distribution,
  tell: (value: number) => string,
): Figure[] {
  return [
    [`mean ${name}`, (report) => withError(of(report).mean, tell)],
    [`maximum ${name}`, (report) => tell(of(report).maximum)],
    ...percentiles.map((percent): Figure => [
      percent === 50 ? `median ${name}` : `${percent.toFixed(1)} % ${name}`,
      (report) => tell(of(report).percentiles[percent]),
    ]),
    [`minimum ${name}`, (report) => tell(of(report).minimum)],
  ];
}

/** A table with a column for each model and a line for each figure. */
export function formatDivergences(rows: readonly ModelDivergence[]): string[] {
  return formatTable(
    [
      { heading: '', align: 'left' },
      ...rows.map(({ model }) => ({ heading: model, align: 'right' }) as const),
    ],
    figures.map(([name, tell]) => [name, ...rows.map(tell)]),
  );
}

/** A line for each model, numbers as they are, for other programs. */
export function divergenceCsv(rows: readonly ModelDivergence[]): string[] {
  const heading = [
    ...[
      'model',
      'tokens',
      'ppl',
      'ppl_error',
      'ppl_base',
      'ln_ratio',
      'ln_ratio_error',
      'kld',
      'kld_error',
      'kld_max',
    ],
    ...percentiles.map((percent) => `kld_${percent}`),
    ...['same_top', 'same_top_error', 'rms_delta_p', 'mean_delta_p', 'mean_delta_p_error'],
    ...percentiles.map((percent) => `delta_p_${percent}`),
  ];
  return [
    heading.join(','),
    ...rows.map((row) =>
      [
        csvCell(row.model),
        row.tokens,
        row.perplexity.value,
        row.perplexity.error,
        row.basePerplexity.value,
        row.logRatio.value,
        row.logRatio.error,
        row.divergence.mean.value,
        row.divergence.mean.error,
        row.divergence.maximum,
        ...percentiles.map((percent) => row.divergence.percentiles[percent]),
        row.sameTop.value,
        row.sameTop.error,
        row.rootMeanSquareChange.value,
        row.probabilityChange.mean.value,
        row.probabilityChange.mean.error,
        ...percentiles.map((percent) => row.probabilityChange.percentiles[percent]),
      ].join(','),
    ),
  ];
}

function estimate({ value, error }: Estimate, digits: number): string {
  return withError({ value, error }, (number) => number.toFixed(digits));
}

function withError({ value, error }: Estimate, tell: (number: number) => string): string {
  return `${tell(value)} ± ${formatError(error, tell)}`;
}
