import type { Cache, Indices, Values, Weights } from '../device/device';
import type { Count, Op } from './ops';

/** The op of one name. */
export type OpOf<Name extends Op['op']> = Extract<Op, { readonly op: Name }>;

/** How much of a buffer an op uses: `each` values for every row that `count` counts, or `each` in all. */
export interface Operand {
  readonly role: string;
  readonly buffer: Values | Indices;
  readonly count: Count | 'once';
  readonly each: number;
  /** Whether the op changes it. */
  readonly isWritten: boolean;
}

type OperandsOf = { readonly [Name in Op['op']]: (op: OpOf<Name>) => readonly Operand[] };

function use(role: string, buffer: Values | Indices, count: Count | 'once', each: number): Operand {
  return { role, buffer, count, each, isWritten: false };
}

function change(role: string, buffer: Values | Indices, count: Count | 'once', each: number): Operand {
  return { role, buffer, count, each, isWritten: true };
}

const operands: OperandsOf = {
  decodeRows: (op) => [
    use('ids', op.ids, 'tokens', 1),
    change('out', op.out, 'tokens', op.weights.shape.columns),
  ],
  rmsNorm: (op) => [
    use('input', op.input, op.count, op.groups * op.width),
    use('weights', op.weights, 'once', op.width),
    change('out', op.out, op.count, op.groups * op.width),
  ],
  matmul: (op) =>
    op.products.flatMap(({ weights, out, bias }) => [
      use('input', op.input, op.count, weights.shape.columns),
      change('out', out, op.count, weights.shape.rows),
      ...(bias === undefined ? [] : [use('bias', bias, 'once', weights.shape.rows)]),
    ]),
  rotate: (op) => [
    change('data', op.data, 'tokens', op.heads * op.rotation.headLength),
    use('positions', op.positions, 'tokens', 1),
    use('frequencies', op.rotation.frequencies, 'once', op.rotation.rotated / 2),
  ],
  rotateCells: (op) => [
    use('cells', op.cells, 'tokens', 1),
    use('positions', op.positions, 'tokens', 1),
    use('frequencies', op.rotation.frequencies, 'once', op.rotation.rotated / 2),
  ],
  scaleRows: (op) => [change('data', op.data, 'tokens', op.width), use('factors', op.factors, 'tokens', 1)],
  storeRows: (op) => [use('input', op.input, 'tokens', op.cache.width), use('cells', op.cells, 'tokens', 1)],
  attention: (op) => [
    use('query', op.query, 'tokens', (op.heads * op.keys.width) / op.keyValueHeads),
    use('spans', op.spans, 'tokens', 2),
    change('out', op.out, 'tokens', (op.heads * op.values.width) / op.keyValueHeads),
  ],
  gate: (op) => [
    use('gate', op.gate, 'tokens', op.perToken * op.width),
    use('up', op.up, 'tokens', op.perToken * op.width),
    change('out', op.out, 'tokens', op.perToken * op.width),
  ],
  add: (op) => [change('data', op.data, 'tokens', op.width), use('addend', op.addend, 'tokens', op.width)],
  selectRows: (op) => [
    use('input', op.input, 'tokens', op.width),
    use('rows', op.rows, 'outputs', 1),
    change('out', op.out, 'outputs', op.width),
  ],
  routeExperts: (op) => [
    use('logits', op.logits, 'tokens', op.experts),
    change('ids', op.ids, 'tokens', op.used),
    change('shares', op.shares, 'tokens', op.used),
  ],
  expertMatmul: (op) => [
    use('ids', op.ids, 'tokens', op.used),
    ...op.products.flatMap(({ weights, out }) => [
      use('input', op.input, 'tokens', (op.inputPerExpert ? op.used : 1) * weights.shape.columns),
      change('out', out, 'tokens', op.used * weights.shape.rows),
    ]),
  ],
  combineExperts: (op) => [
    use('input', op.input, 'tokens', op.used * op.width),
    use('shares', op.shares, 'tokens', op.used),
    change('out', op.out, 'tokens', op.width),
  ],
  sumSquares: (op) => [use('input', op.input, op.count, op.width), change('sums', op.sums, 'once', op.width)],
  sumExpertSquares: (op) => [
    use('input', op.input, 'tokens', (op.inputPerExpert ? op.used : 1) * op.width),
    use('ids', op.ids, 'tokens', op.used),
    change('sums', op.sums, 'once', op.experts * op.width),
    change('hits', op.hits, 'once', op.experts),
  ],
};

/** The names of all ops. */
export const opNames: readonly string[] = Object.keys(operands);

/** Every buffer that an op reads or writes, and how much of it. Weights and caches are told by the op itself. */
export function operandsOf(op: Op): readonly Operand[] {
  return (operands[op.op] as (op: Op) => readonly Operand[])(op);
}

/** The buffers, weights and caches that an op names. */
export function handlesOf(op: Op): readonly (Values | Indices | Weights | Cache)[] {
  const parts = [op, ...('products' in op ? op.products : []), ...('rotation' in op ? [op.rotation] : [])];
  return parts.flatMap((part) => Object.values(part).filter(isHandle));
}

function isHandle(part: unknown): part is Values | Indices | Weights | Cache {
  return typeof part === 'object' && part !== null && 'kind' in part;
}
