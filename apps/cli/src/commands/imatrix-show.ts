import {
  importanceStatistics,
  readImportanceMatrix,
  type ImportanceMatrix,
  type LayerStatistics,
  type TensorStatistics,
} from '@halftone/imatrix';
import type { ShowRequest } from '../imatrix-command';
import { readInputFile } from '../input-file';
import { importanceMatrixNotes } from '../print/notes';
import type { Output } from '../print/output';
import { formatTable } from '../print/table';
import { formatCount, formatPercent, formatPlural } from '../print/units';

/** `halftone imatrix show`: the statistics of an importance matrix. */
export async function showImatrix(request: ShowRequest, output: Output): Promise<void> {
  const bytes = await readInputFile(request.file, 'the importance matrix');
  const matrix = await readImportanceMatrix(bytes, request.file);
  for (const note of importanceMatrixNotes(matrix)) output.note(`note: ${note}`);
  const { tensors, layers } = importanceStatistics(matrix);
  if (request.json) {
    const { source, chunkCount, chunkSize, datasets, ignored } = matrix;
    const facts = { file: source, chunkCount, chunkSize, datasets, ignored };
    output.line(JSON.stringify({ ...facts, tensors, layers }, undefined, 2));
    return;
  }
  output.line(
    [
      formatMatrix(matrix),
      '',
      ...tensorTable(tensors),
      '',
      'By layer, each tensor weighing as much as it has columns:',
      '',
      ...layerTable(layers),
    ].join('\n'),
  );
}

/** `imatrix.dat: 56 entries from 455 chunks of calib.txt` */
export function formatMatrix({ source, entries, chunkCount, chunkSize, datasets }: ImportanceMatrix): string {
  const chunks = chunkCount === undefined ? [] : [`from ${formatPlural(chunkCount, 'chunk')}`];
  const rows = chunkSize === undefined ? [] : [`of ${formatPlural(chunkSize, 'row')}`];
  const texts = datasets.length === 0 ? [] : [`in ${datasets.join(', ')}`];
  const count = `${formatCount(entries.size)} ${entries.size === 1 ? 'entry' : 'entries'}`;
  return `${source}: ${[count, ...chunks, ...rows, ...texts].join(' ')}`;
}

/** As llama-imatrix sorts them: tensors of one kind together, the one that matters most first. */
function sortedByKind(tensors: readonly TensorStatistics[]): TensorStatistics[] {
  return tensors
    .map((row) => ({ row, kind: row.tensor.replace(/^blk\.\d+\./, '') }))
    .sort((a, b) => (a.kind === b.kind ? b.row.sum - a.row.sum : a.kind < b.kind ? -1 : 1))
    .map(({ row }) => row);
}

function tensorTable(tensors: readonly TensorStatistics[]): string[] {
  const headings = ['sum', 'min', 'max', 'mean', 'st. dev.', 'active', 'columns'];
  const shares = ['entropy', 'of most', 'z > 1', 'cosine'];
  return formatTable(
    [
      { heading: 'tensor', align: 'left' },
      ...[...headings, ...shares].map((heading) => ({ heading, align: 'right' }) as const),
    ],
    sortedByKind(tensors).map((row) => [
      row.tensor,
      row.sum.toFixed(2),
      row.minimum.toFixed(4),
      row.maximum.toFixed(4),
      row.mean.toFixed(4),
      row.standardDeviation.toFixed(4),
      formatPercent(row.activeShare),
      String(row.valueCount),
      row.entropy.toFixed(4),
      formatPercent(row.relativeEntropy),
      formatPercent(row.zScoreDensity),
      cosine(row.cosineSimilarity),
    ]),
  );
}

function layerTable(layers: readonly LayerStatistics[]): string[] {
  return formatTable(
    ['layer', 'sum', 'z > 1', 'cosine'].map((heading) => ({ heading, align: 'right' }) as const),
    layers.map((row) => [
      String(row.layer),
      row.sum.toFixed(2),
      formatPercent(row.zScoreDensity),
      cosine(row.cosineSimilarity),
    ]),
  );
}

/** A dash where there is no layer before. */
function cosine(similarity: number | undefined): string {
  return similarity?.toFixed(4) ?? '-';
}
