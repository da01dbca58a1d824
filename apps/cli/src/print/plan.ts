import type { Plan, PlannedTensor, Rule } from '@halftone/recipe-dsl';
import { formatTable } from './table';
import { formatTotals } from './totals';
import { formatBitsPerWeight, formatBytes, formatCount, formatDimensions } from './units';

/** A plan as lines of text: a table of tensors, totals by type, and the sentence that a model card quotes. */
export function formatPlan(plan: Plan): string[] {
  const table = formatTable(
    [
      { heading: 'tensor', align: 'left' },
      { heading: 'dimensions', align: 'right' },
      { heading: 'from', align: 'left' },
      { heading: 'to', align: 'left' },
      { heading: 'size', align: 'right' },
      { heading: 'bits/weight', align: 'right' },
      { heading: 'why', align: 'left' },
    ],
    plan.tensors.map((tensor) => [
      tensor.source.name,
      formatDimensions(tensor.source.dimensions),
      tensor.source.format,
      tensor.format,
      formatBytes(tensor.bytes),
      formatBitsPerWeight(tensor.bitsPerWeight),
      formatReason(tensor),
    ]),
  );
  return [...table, '', ...formatTotals(plan.tensors), '', formatPlanTotal(plan)];
}

/** `12.069 GiB, 4.398 bits per weight, 23,572,403,200 parameters (from 43.908 GiB)`. */
export function formatPlanTotal({ totals }: Plan): string {
  return (
    `${formatBytes(totals.bytes)}, ${formatBitsPerWeight(totals.bitsPerWeight)} bits per weight, ` +
    `${formatCount(totals.weights)} parameters (from ${formatBytes(totals.sourceBytes)})`
  );
}

/** Why a tensor gets its type, in a few words. */
export function formatReason({ reason, fallback }: PlannedTensor): string {
  const instead = fallback === undefined ? '' : `; instead of ${fallback.from}, ${fallback.why}`;
  switch (reason.kind) {
    case 'rule':
      return `${ruleOrigin(reason.rule)}: ${reason.rule.pattern}${instead}`;
    case 'default':
      return `default: ${reason.text}${instead}`;
    case 'kept':
      return `kept: ${reason.text}`;
    case 'repacked':
      return reason.text;
  }
}

/** Where a rule stands: `line 7`, or the option that it comes from. */
export function ruleOrigin({ line, option }: Rule): string {
  return option ?? `line ${line}`;
}
