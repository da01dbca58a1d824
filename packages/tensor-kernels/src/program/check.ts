import type { Cache, Weights } from '../device/device';
import { KernelError } from '../error';
import { operandsOf, type OpOf, type Operand } from './operands';
import type { Counts, Op, Rotation } from './ops';

/**
 * The checks of `compile`, the same for every device: numbers that an op counts by, widths that must agree, and buffers that are
 * too small for a single row.
 *
 * @throws {@link KernelError} `wrong-length`, which names the op by its place and kind.
 */
export function checkOps(ops: readonly Op[]): void {
  ops.forEach((op, place) => {
    checkShape(op, place);
    for (const operand of operandsOf(op)) {
      checkWhole(operand.each, `the width of its ${operand.role}`, op, place);
      checkRows(operand, { tokens: 1, outputs: 1 }, op, place);
    }
  });
}

/**
 * The checks of `run`: every buffer has as many rows as are counted.
 *
 * @throws {@link KernelError} `wrong-length`.
 */
export function checkCounts(ops: readonly Op[], counts: Counts): void {
  for (const count of [counts.tokens, counts.outputs]) {
    if (!Number.isInteger(count) || count < 0) {
      throw new KernelError('wrong-length', 'a program runs over a whole number of rows', { found: count });
    }
  }
  ops.forEach((op, place) => {
    for (const operand of operandsOf(op)) checkRows(operand, counts, op, place);
  });
}

/**
 * What an op's indices must be within.
 *
 * @throws {@link KernelError} `out-of-range` for the first that is not.
 */
export function checkIndices(indices: Int32Array, limit: number, what: string, op: Op): void {
  const bad = indices.findIndex((index) => index < 0 || index >= limit);
  if (bad < 0) return;
  throw new KernelError('out-of-range', `${op.op}: ${what} ${bad} points outside`, {
    found: indices[bad] ?? Number.NaN,
    allowed: `0 to ${limit - 1}`,
  });
}

/** The checks of {@link checkIndices} for spans (tokens, 2) of start and length over a list of `cells`. */
export function checkSpans(spans: Int32Array, cells: number, op: Op): void {
  for (let at = 0; at < spans.length; at += 2) {
    const start = spans[at] ?? 0;
    const length = spans[at + 1] ?? 0;
    if (start >= 0 && length >= 1 && start + length <= cells) continue;
    throw new KernelError('out-of-range', `${op.op}: span ${at / 2} points outside the list of cells`, {
      found: `${length} from ${start} on`,
      allowed: `1 or more, within ${cells}`,
    });
  }
}

type ShapeChecks = { readonly [Name in Op['op']]?: (op: OpOf<Name>, wrong: Wrong) => void };
type Wrong = (what: string) => void;

/** What must agree within ops that have more than widths of their own. */
const shapeChecks: ShapeChecks = {
  matmul: (op, wrong) => sameColumns(op.products, wrong),
  expertMatmul: (op, wrong) => sameColumns(op.products, wrong),
  rotate: (op, wrong) => checkRotation(op.rotation, wrong),
  rotateCells(op, wrong) {
    checkRotation(op.rotation, wrong);
    if (op.heads * op.rotation.headLength !== op.cache.width)
      wrong('its heads are not the width of the cache');
  },
  attention(op, wrong) {
    if (!Number.isInteger(op.heads / op.keyValueHeads))
      wrong('its heads do not share its key-value heads evenly');
    if (op.keys.cells !== op.values.cells) wrong('its keys and values have different numbers of cells');
    for (const cache of [op.keys, op.values] satisfies Cache[]) {
      if (cache.width % op.keyValueHeads !== 0) wrong('the width of a cache is not that of whole heads');
    }
  },
  routeExperts(op, wrong) {
    if (op.used > op.experts) wrong('it uses more experts than there are');
  },
};

function checkShape(op: Op, place: number): void {
  const check = shapeChecks[op.op] as ((op: Op, wrong: Wrong) => void) | undefined;
  check?.(op, (what) => {
    throw new KernelError('wrong-length', `op ${place} (${op.op}): ${what}`);
  });
}

function sameColumns(products: readonly { readonly weights: Weights }[], wrong: Wrong): void {
  const [first, ...others] = products;
  if (first === undefined) {
    wrong('it has no products');
    return;
  }
  for (const { weights } of others) {
    if (weights.shape.columns !== first.weights.shape.columns)
      wrong('its products have different numbers of columns');
    if (weights.shape.experts !== first.weights.shape.experts)
      wrong('its products have different numbers of experts');
  }
}

function checkRotation({ rotated, headLength }: Rotation, wrong: Wrong): void {
  if (rotated % 2 !== 0 || rotated > headLength) wrong('what turns is no even part of a head');
}

function checkWhole(value: number, what: string, op: Op, place: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new KernelError('wrong-length', `op ${place} (${op.op}): ${what} is no whole number from 1 on`, {
    found: value,
  });
}

function checkRows({ role, buffer, count, each }: Operand, counts: Counts, op: Op, place: number): void {
  const rows = count === 'once' ? 1 : counts[count];
  if (rows * each <= buffer.length) return;
  throw new KernelError('wrong-length', `op ${place} (${op.op}): the buffer of its ${role} is too small`, {
    found: `${buffer.length} values`,
    allowed: `at least ${rows} x ${each}`,
  });
}
