import { expect, test } from 'vitest';
import type { Op } from '../../src/index';
import { matrixOf, type Tools } from './tools';
import type { WithTools } from './with-tools';

/** An op of each kind, right for two tokens. */
async function rightOps(tools: Tools): Promise<readonly Op[]> {
  const values = (length: number): ReturnType<Tools['values']> =>
    tools.values(new Float32Array(length).fill(1));
  const indices = (length: number): ReturnType<Tools['indices']> => tools.indices(new Int32Array(length));
  const weights = await tools.weights(matrixOf('q8_0', 4, 32));
  const experts = await tools.weights(matrixOf('q8_0', 4, 32, 3));
  const cache = tools.cache('f16', 3, 8);
  const rotation = {
    ...({ headLength: 4, rotated: 2, pairing: 'halves', magnitude: 1 } as const),
    frequencies: await values(1),
  };
  const sized = { width: 4, count: 'tokens' } as const;
  const routed = { used: 2, inputPerExpert: false } as const;
  return [
    { op: 'decodeRows', weights, ids: await indices(2), out: await values(64) },
    {
      ...{ op: 'rmsNorm', ...sized, groups: 2, epsilon: 1e-5 },
      ...{ input: await values(16), weights: await values(4), out: await values(16) },
    },
    {
      ...{ op: 'matmul', count: 'tokens', input: await values(64) },
      products: [{ weights, out: await values(8), bias: await values(4) }],
    },
    { op: 'rotate', data: await values(16), positions: await indices(2), heads: 2, rotation },
    { op: 'rotateCells', cache, cells: await indices(2), positions: await indices(2), heads: 2, rotation },
    { op: 'scaleRows', data: await values(8), factors: await values(2), width: 4 },
    { op: 'storeRows', input: await values(16), cache, cells: await indices(2) },
    {
      ...{
        op: 'attention',
        query: await values(32),
        keys: cache,
        values: tools.cache('f32', 3, 4),
        scale: 1,
      },
      ...{
        cells: await indices(2),
        spans: await tools.indices([0, 1, 0, 2]),
        out: await values(16),
        heads: 4,
        keyValueHeads: 2,
      },
    },
    {
      ...{ op: 'gate', function: 'silu', width: 4, perToken: 2 },
      ...{ gate: await values(16), up: await values(16), out: await values(16) },
    },
    { op: 'add', data: await values(8), addend: await values(8), width: 4 },
    { op: 'selectRows', input: await values(8), rows: await indices(2), out: await values(8), width: 4 },
    {
      ...{ op: 'routeExperts', logits: await values(6), experts: 3, used: 2, gating: 'softmax', scale: 1 },
      ...{ normalize: true, ids: await indices(4), shares: await values(4) },
    },
    {
      ...{ op: 'expertMatmul', ...routed, input: await values(64), ids: await indices(4) },
      products: [{ weights: experts, out: await values(16) }],
    },
    {
      ...{ op: 'combineExperts', used: 2, width: 4, input: await values(16) },
      ...{ shares: await values(4), out: await values(8) },
    },
    { op: 'sumSquares', ...sized, input: await values(8), sums: await values(4) },
    {
      ...{ op: 'sumExpertSquares', ...routed, experts: 3, width: 4, input: await values(8) },
      ...{ ids: await indices(4), sums: await values(12), hits: await values(3) },
    },
  ];
}

/** The op with another value for each thing in it in turn that `change` has something for. */
function* changed(op: Op, change: (value: unknown, name: string) => unknown): Generator<[string, Op]> {
  for (const [name, value] of Object.entries(op) as [string, unknown][]) {
    const other = name === 'op' ? undefined : change(value, name);
    if (other !== undefined) yield [`${op.op}, ${name}`, { ...op, [name]: other }];
  }
}

const fractions = ['epsilon', 'scale'];

function wrongNumbers(value: unknown, name: string): readonly unknown[] {
  if (typeof value !== 'number') return [];
  return fractions.includes(name) ? [NaN, Infinity] : [0, -1, 0.5, NaN, 2 ** 33];
}

/** What `compile` must refuse, of every op. */
export function testShapes(withTools: WithTools): void {
  const badOp: unknown = expect.objectContaining({ code: 'bad-op', name: 'KernelError' });
  const wrongLength: unknown = expect.objectContaining({ code: 'wrong-length', name: 'KernelError' });
  const unsupported: unknown = expect.objectContaining({ code: 'unsupported', name: 'KernelError' });

  test('ops that are right, over all tokens, one, and none', () =>
    withTools(async (tools) => {
      const ops = await rightOps(tools);
      for (const tokens of [2, 1, 0]) await tools.run(ops, { tokens, outputs: tokens });
    }));

  test('numbers that cannot be', () =>
    withTools(async (tools) => {
      // Widths beyond all buffers are lengths that no buffer has.
      const code: unknown = expect.stringMatching(/^(bad-op|wrong-length)$/);
      const refused: unknown = expect.objectContaining({ code, name: 'KernelError' });
      for (const op of await rightOps(tools)) {
        for (let i = 0; i < 5; i++) {
          for (const [what, wrong] of changed(op, (value, name) => wrongNumbers(value, name)[i])) {
            expect(() => tools.device.compile([wrong]), what).toThrow(refused);
          }
        }
      }
    }));

  test('buffers with room for less than a row', () =>
    withTools(async (tools) => {
      const short = { values: await tools.values([]), indices: await tools.indices([]) };
      for (const op of await rightOps(tools)) {
        const shortened = changed(op, (value, name) => {
          // The cells that spans point into may be any number.
          const isOperand =
            typeof value === 'object' && value !== null && 'kind' in value && name !== 'cells';
          return isOperand ? short[value.kind as keyof typeof short] : undefined;
        });
        for (const [what, wrong] of shortened) {
          expect(() => tools.device.compile([wrong]), what).toThrow(wrongLength);
        }
      }
    }));

  test('parts that do not fit each other', () =>
    withTools(async (tools) => {
      const other = await tools.weights(matrixOf('q8_0', 4, 64));
      const others: Readonly<Record<string, unknown>> = {
        // Heads of 4 are 8 wide; keys of 3 cells.
        'rotateCells, heads': 3,
        'attention, heads': 3,
        'attention, keyValueHeads': 3,
        'attention, values': tools.cache('f32', 4, 4),
        'routeExperts, used': 4,
        'matmul, products': [],
        'expertMatmul, products': [],
      };
      const seen: string[] = [];
      for (const op of await rightOps(tools)) {
        for (const [what, wrong] of changed(op, (_, name) => others[`${op.op}, ${name}`])) {
          expect(() => tools.device.compile([wrong]), what).toThrow(badOp);
          seen.push(what);
        }
        if (op.op !== 'matmul') continue;
        const out = await tools.result(8);
        const mixed: Op = { ...op, products: [...op.products, { weights: other, out }] };
        expect(() => tools.device.compile([mixed])).toThrow(badOp);
      }
      expect(seen.sort()).toEqual(Object.keys(others).sort());
    }));

  test('turns that are none', () =>
    withTools(async (tools) => {
      for (const op of await rightOps(tools)) {
        if (!('rotation' in op)) continue;
        const turn = (change: object): void => {
          tools.device.compile([{ ...op, rotation: { ...op.rotation, ...change } }]);
        };
        for (const change of [{ rotated: 1 }, { rotated: 6 }, { magnitude: NaN }, { headLength: 0 }]) {
          expect(() => turn(change), `${op.op} ${JSON.stringify(change)}`).toThrow(badOp);
        }
        expect(() => turn({ pairing: 'other' })).toThrow(unsupported);
      }
    }));

  test('results that would be written where an op still reads', () =>
    withTools(async (tools) => {
      const { device } = tools;
      const [a, b] = [await tools.values(new Float32Array(64)), await tools.values(new Float32Array(64))];
      const weights = await tools.weights(matrixOf('f32', 4, 4));
      const rows = await tools.indices([0]);
      const spans = await tools.indices([0, 1]);
      const cache = tools.cache('f32', 1, 4);
      const matmul = { op: 'matmul', count: 'tokens', input: a } as const;
      const attention = {
        op: 'attention',
        keys: cache,
        values: cache,
        cells: rows,
        spans,
        scale: 1,
      } as const;
      const wrong: readonly Op[] = [
        { ...matmul, products: [{ weights, out: a }] },
        {
          ...matmul,
          products: [
            { weights, out: b },
            { weights, out: b },
          ],
        },
        { op: 'selectRows', input: a, rows, out: a, width: 4 },
        { ...attention, query: a, out: a, heads: 1, keyValueHeads: 1 },
        { op: 'scaleRows', data: a, factors: a, width: 4 },
        { op: 'combineExperts', input: a, shares: b, out: a, used: 1, width: 4 },
      ];
      for (const op of wrong) expect(() => device.compile([op]), op.op).toThrow(badOp);
    }));

  test('ops and functions that nobody knows', () =>
    withTools(async (tools) => {
      const unknown = { op: 'convolve', width: 4 } as unknown as Op;
      expect(() => tools.device.compile([unknown])).toThrow(unsupported);
      for (const op of await rightOps(tools)) {
        for (const [what, wrong] of changed(op, (value) =>
          typeof value === 'string' ? 'other' : undefined,
        )) {
          expect(() => tools.device.compile([wrong]), what).toThrow(unsupported);
        }
      }
    }));
}
