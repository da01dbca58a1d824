import {
  comparisonTotals,
  differenceFigures,
  type Comparison,
  type ComparisonTotal,
  type WorstBlock,
} from '@halftone/quantize';
import { formatTable, type Column } from './table';
import { formatBytes, formatCount } from './units';

/** A row before its cells are made: what it is of, the types in both files, and the sums. */
type Compared = readonly [name: string, types: readonly [string, string], total: ComparisonTotal];

/**
 * A comparison as tables: by type with the whole as the last row, and before it, where asked for, by tensor.
 *
 * @param withTensors - tell each tensor too
 */
export function formatComparison(comparison: Comparison, withTensors: boolean): string[] {
  const isWeighted = comparison.importance !== undefined;
  const { all, byType } = comparisonTotals(comparison.tensors);
  const tensorRows = comparison.tensors.map(({ name, types, bytes, sums, worst }): Compared => {
    return [name, types, { tensors: 1, bytes, sums, worst }];
  });
  const typeRows = byType.map((total): Compared => [formatCount(total.tensors), total.types, total]);
  return [
    ...(withTensors ? [...comparisonTable('tensor', tensorRows, isWeighted), ''] : []),
    ...comparisonTable('tensors', [...typeRows, [formatCount(all.tensors), ['all', ''], all]], isWeighted),
  ];
}

function comparisonTable(first: string, rows: readonly Compared[], isWeighted: boolean): string[] {
  const columns: Column[] = [
    { heading: first, align: first === 'tensor' ? 'left' : 'right' },
    { heading: 'type in A', align: 'left' },
    { heading: 'in B', align: 'left' },
    { heading: 'size in A', align: 'right' },
    { heading: 'in B', align: 'right' },
    { heading: 'square error', align: 'right' },
    { heading: 'relative', align: 'right' },
    ...(isWeighted ? ([{ heading: 'weighted', align: 'right' }] as const) : []),
    { heading: 'cosine', align: 'right' },
    { heading: 'worst block', align: 'left' },
  ];
  return formatTable(
    columns,
    rows.map(([name, types, { bytes, sums, worst }]) => {
      const { squareError, relativeError, weightedError, cosine } = differenceFigures(sums);
      return [
        name,
        ...types,
        ...bytes.map(formatBytes),
        formatError(squareError),
        formatError(relativeError),
        ...(isWeighted ? [formatError(weightedError)] : []),
        cosine.toFixed(8),
        formatWorst(worst),
      ];
    }),
  );
}

function formatError(error: number): string {
  return error === 0 ? '0' : error.toExponential(3);
}

/** `0.0213 in block 17 of blk.0.ffn_up.weight`. */
function formatWorst(worst: WorstBlock | undefined): string {
  return worst === undefined
    ? 'none differs'
    : `${worst.error.toPrecision(3)} in block ${worst.index} of ${worst.tensor}`;
}

/** A comparison as plain data. Without an importance matrix there are no weighted errors. */
export function comparisonJson({ tensors, importance }: Comparison): Record<string, unknown> {
  const isWeighted = importance !== undefined;
  const { all, byType } = comparisonTotals(tensors);
  return {
    totals: totalJson(all, isWeighted),
    byType: byType.map(({ types, ...total }) => ({ ...typesJson(types), ...totalJson(total, isWeighted) })),
    tensors: tensors.map(({ name, dimensions, types, ...total }) => ({
      name,
      dimensions,
      ...typesJson(types),
      ...totalJson(total, isWeighted),
    })),
  };
}

function typesJson([a, b]: readonly [string, string]): { typeInA: string; typeInB: string } {
  return { typeInA: a, typeInB: b };
}

function totalJson(
  { tensors, bytes, sums, worst }: Omit<ComparisonTotal, 'tensors'> & { readonly tensors?: number },
  isWeighted: boolean,
): Record<string, unknown> {
  const { weightedError, ...figures } = differenceFigures(sums);
  const [bytesInA, bytesInB] = bytes;
  return {
    tensors,
    weights: sums.weights,
    bytesInA,
    bytesInB,
    ...figures,
    weightedError: isWeighted ? weightedError : undefined,
    worstBlock: worst,
  };
}
