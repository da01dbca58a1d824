import type { Cache, Weights } from '../device/device';
import { KernelError } from '../error';
import { operandsOf, opNames, type OpOf, type Operand } from './operands';
import { gateFunctions, gatings, pairings, type Count, type Counts, type Op, type Rotation } from './ops';

/**
 * The checks of `compile`, the same for every device: names that mean something, numbers that an op counts by, widths that must
 * agree, buffers that are too small for a single row, and results that would go where something else of the op stands.
 *
 * @throws {@link KernelError} `unsupported`, `bad-op` or `wrong-length`, which names the op by its place and kind.
 */
export function checkOps(ops: readonly Op[]): void {
  ops.forEach((op, place) => {
    checkNames(op, place);
    checkNumbers(op, place);
    checkShape(op, place);
    for (const operand of operandsOf(op)) {
      checkWhole(operand.each, `the width of its ${operand.role}`, op, place);
      checkRows(operand, { tokens: 1, outputs: 1 }, op, place);
    }
    checkResults(op, place);
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
      throw new KernelError('wrong-length', 'the number of rows that a program runs over is out of range', {
        found: count,
        allowed: 'whole numbers from 0 on',
      });
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

/** What the names in an op may be. */
const names = new Map<string, readonly string[]>([
  ['count', ['tokens', 'outputs'] satisfies Count[]],
  ['function', gateFunctions],
  ['gating', gatings],
  ['pairing', pairings],
]);

/** Programs may come from plain JavaScript, where no compiler has seen these. */
function checkNames(op: Op, place: number): void {
  if (!opNames.includes(op.op)) {
    throw new KernelError('unsupported', `op ${place} is no op of this version`, {
      found: op.op,
      allowed: opNames.join(', '),
    });
  }
  for (const [name, found] of partsOf(op)) {
    const allowed = names.get(name);
    if (allowed === undefined || allowed.some((each) => each === found)) continue;
    throw new KernelError('unsupported', `op ${place} (${op.op}): its ${name} is not known`, {
      found: JSON.stringify(found),
      allowed: allowed.join(', '),
    });
  }
}

/** Everything that an op says, by name. */
function partsOf(op: Op): [string, unknown][] {
  return Object.entries({ ...op, ...('rotation' in op ? op.rotation : {}) });
}

/** What an op has besides whole numbers. */
const fractions: readonly string[] = ['epsilon', 'scale', 'magnitude'];

function checkNumbers(op: Op, place: number): void {
  for (const [name, value] of partsOf(op)) {
    if (typeof value !== 'number') continue;
    if (!fractions.includes(name)) checkWhole(value, `its ${name}`, op, place);
    if (!Number.isFinite(value)) {
      throw new KernelError('bad-op', `op ${place} (${op.op}): its ${name} is not finite`, {
        found: value,
        allowed: 'finite numbers',
      });
    }
  }
}

/** What may be one buffer, in ops that work on each value or row by itself. */
const mayBeOne: Partial<Record<Op['op'], readonly string[]>> = {
  rmsNorm: ['input', 'out'],
  gate: ['gate', 'up', 'out'],
  add: ['data', 'addend'],
};

/** Devices write while they still read, in orders of their own. */
function checkResults(op: Op, place: number): void {
  const apart = (role: string): boolean => mayBeOne[op.op]?.includes(role) !== true;
  const all = operandsOf(op);
  for (const [i, { buffer, role, isWritten }] of all.entries()) {
    if (!isWritten) continue;
    const other = all.find(
      (each, j) => i !== j && each.buffer === buffer && (apart(role) || apart(each.role)),
    );
    if (other === undefined) continue;
    throw new KernelError('bad-op', `op ${place} (${op.op}): its ${role} is its ${other.role} too`, {
      advice: 'Give the op a buffer of its own to write to.',
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
    throw new KernelError('bad-op', `op ${place} (${op.op}): ${what}`);
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
  throw new KernelError('bad-op', `op ${place} (${op.op}): ${what} is out of range`, {
    found: value,
    allowed: 'whole numbers from 1 on',
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
