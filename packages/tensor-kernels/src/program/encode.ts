import type { Cache, Indices, Values, Weights } from '../device/device';
import { KernelError } from '../error';
import type { OpOf } from './operands';
import { gateFunctions, gatings, pairings, type Count, type Op, type Rotation } from './ops';

type OpName = Op['op'];

/** The number that stands for each op. native/program/ops.hpp has the same order. */
const opcodes: Readonly<Record<OpName, number>> = {
  decodeRows: 0,
  rmsNorm: 1,
  matmul: 2,
  rotate: 3,
  rotateCells: 4,
  scaleRows: 5,
  storeRows: 6,
  attention: 7,
  gate: 8,
  add: 9,
  selectRows: 10,
  routeExperts: 11,
  expertMatmul: 12,
  combineExperts: 13,
  sumSquares: 14,
  sumExpertSquares: 15,
};

/** In the order of `CountName` in native/program/ops.hpp. */
const counts: readonly Count[] = ['tokens', 'outputs'];

/** The handle of a bias that is not there. */
const NO_BUFFER = 2 ** 32 - 1;

/** The number by which the device knows a buffer; it throws for one that is not its own. */
export type HandleOf = (buffer: Values | Indices | Weights | Cache) => number;

/** The words of one op, in the order of its struct in native/program/ops.hpp. */
type Encoders = {
  readonly [Name in OpName]: (op: OpOf<Name>, handleOf: HandleOf) => readonly number[];
};

const encoders: Encoders = {
  decodeRows: ({ weights, ids, out }, handleOf) => [handleOf(weights), handleOf(ids), handleOf(out)],
  rmsNorm: ({ count, input, weights, out, groups, width, epsilon }, handleOf) => [
    counts.indexOf(count),
    ...[input, weights, out].map(handleOf),
    ...[groups, width, float(epsilon)],
  ],
  matmul: ({ count, input, products }, handleOf) => [
    ...[counts.indexOf(count), handleOf(input), products.length],
    ...products.flatMap(({ weights, out, bias }) => [
      ...[handleOf(weights), handleOf(out)],
      bias === undefined ? NO_BUFFER : handleOf(bias),
    ]),
  ],
  rotate: ({ data, positions, heads, rotation }, handleOf) => [
    ...[handleOf(data), handleOf(positions), heads],
    ...encodeRotation(rotation, handleOf),
  ],
  rotateCells: ({ cache, cells, positions, heads, rotation }, handleOf) => [
    ...[handleOf(cache), handleOf(cells), handleOf(positions), heads],
    ...encodeRotation(rotation, handleOf),
  ],
  scaleRows: ({ data, factors, width }, handleOf) => [handleOf(data), handleOf(factors), width],
  storeRows: ({ input, cache, cells }, handleOf) => [handleOf(input), handleOf(cache), handleOf(cells)],
  attention: ({ query, keys, values, cells, spans, out, heads, keyValueHeads, scale }, handleOf) => [
    ...[query, keys, values, cells, spans, out].map(handleOf),
    ...[heads, keyValueHeads, float(scale)],
  ],
  gate: ({ function: name, gate, up, out, width, perToken }, handleOf) => [
    gateFunctions.indexOf(name),
    ...[gate, up, out].map(handleOf),
    ...[width, perToken],
  ],
  add: ({ data, addend, width }, handleOf) => [handleOf(data), handleOf(addend), width],
  selectRows: ({ input, rows, out, width }, handleOf) => [...[input, rows, out].map(handleOf), width],
  routeExperts: ({ logits, experts, used, gating, normalize, scale, ids, shares }, handleOf) => [
    ...[handleOf(logits), experts, used, gatings.indexOf(gating), Number(normalize), float(scale)],
    ...[handleOf(ids), handleOf(shares)],
  ],
  expertMatmul: ({ input, inputPerExpert, ids, used, products }, handleOf) => [
    ...[handleOf(input), Number(inputPerExpert), handleOf(ids), used, products.length],
    ...products.flatMap(({ weights, out }) => [handleOf(weights), handleOf(out)]),
  ],
  combineExperts: ({ input, shares, used, out, width }, handleOf) => [
    ...[handleOf(input), handleOf(shares), used, handleOf(out), width],
  ],
  sumSquares: ({ count, input, width, sums }, handleOf) => [
    ...[counts.indexOf(count), handleOf(input), width, handleOf(sums)],
  ],
  sumExpertSquares: ({ input, inputPerExpert, ids, used, experts, width, sums, hits }, handleOf) => [
    ...[handleOf(input), Number(inputPerExpert), handleOf(ids), used, experts, width],
    ...[handleOf(sums), handleOf(hits)],
  ],
};

function encodeRotation(
  { headLength, rotated, pairing, frequencies, magnitude }: Rotation,
  handleOf: HandleOf,
): readonly number[] {
  return [headLength, rotated, pairings.indexOf(pairing), handleOf(frequencies), float(magnitude)];
}

/** The bits of a number as a 32-bit float. */
function float(value: number): number {
  const [bits = 0] = new Uint32Array(Float32Array.of(value).buffer);
  return bits;
}

function encodeOp(op: Op, handleOf: HandleOf): readonly number[] {
  const encode = encoders[op.op] as (op: Op, handleOf: HandleOf) => readonly number[];
  return [opcodes[op.op], ...encode(op, handleOf)];
}

/**
 * Write a program as the C++ of this package reads it: 32-bit words, for each op its opcode, then its operands.
 *
 * @throws {@link KernelError} `wrong-length` when a number of an op is no whole number that 32 bits hold.
 */
export function encodeProgram(ops: readonly Op[], handleOf: HandleOf): Uint32Array {
  return Uint32Array.from(
    ops.flatMap((op) => {
      const words = encodeOp(op, handleOf);
      const wrong = words.find((word) => !Number.isInteger(word) || word < 0 || word >= 2 ** 32);
      if (wrong === undefined) return words;
      throw new KernelError('wrong-length', `${op.op}: a width or number is out of range`, {
        found: wrong,
        allowed: 'whole numbers below 2^32',
      });
    }),
  );
}
