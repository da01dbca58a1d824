import type { TypeName } from '@halftone/recipe-dsl';
import { formatBitsPerWeight, formatBytes, formatCount } from './units';
import { formatTable } from './table';

/** A tensor as far as totals are concerned. */
export interface SizedTensor {
  readonly format: TypeName;
  readonly weights: number;
  readonly bytes: number;
}

/** Sums over tensors of one type, or of all. */
export interface Total {
  readonly tensors: number;
  readonly weights: number;
  readonly bytes: number;
  readonly bitsPerWeight: number;
}

/** The sum over all tensors. */
export function sumTensors(tensors: readonly SizedTensor[]): Total {
  const weights = tensors.reduce((sum, tensor) => sum + tensor.weights, 0);
  const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  return {
    tensors: tensors.length,
    weights,
    bytes,
    bitsPerWeight: weights === 0 ? 0 : (bytes * 8) / weights,
  };
}

/** The sums by type, the largest first. */
export function totalsByFormat(tensors: readonly SizedTensor[]): ReadonlyMap<TypeName, Total> {
  const names = [...new Set(tensors.map(({ format }) => format))];
  return new Map(
    names
      .map((name) => [name, sumTensors(tensors.filter(({ format }) => format === name))] as const)
      .sort(([, a], [, b]) => b.bytes - a.bytes),
  );
}

/** The sums by type as a table, with the whole as its last row. */
export function formatTotals(tensors: readonly SizedTensor[]): string[] {
  const rows = [...totalsByFormat(tensors), ['all', sumTensors(tensors)] as const];
  return formatTable(
    [
      { heading: 'type', align: 'left' },
      { heading: 'tensors', align: 'right' },
      { heading: 'weights', align: 'right' },
      { heading: 'size', align: 'right' },
      { heading: 'bits/weight', align: 'right' },
    ],
    rows.map(([name, total]) => [
      name,
      formatCount(total.tensors),
      formatCount(total.weights),
      formatBytes(total.bytes),
      formatBitsPerWeight(total.bitsPerWeight),
    ]),
  );
}
