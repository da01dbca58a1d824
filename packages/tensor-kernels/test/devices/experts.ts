import { gatings } from '../../src/index';
import { MAX_ROW_ERROR } from '../tolerances';
import type { Scenario } from './scenario';
import { activations } from './tools';

/** Logits (tokens, 16): ordinary ones, ties of all or some, differences that vanish in shares, and what is no number. */
const logits: readonly (readonly number[])[] = [
  [...activations(16, 1)],
  Array.from({ length: 16 }, () => 0.25),
  Array.from({ length: 16 }, (_, i) => (i % 5 === 2 ? 3 : -1)),
  Array.from({ length: 16 }, (_, i) => (i === 3 ? 0 : -200 + i)),
  Array.from({ length: 16 }, (_, i) => 30 + ((i * 5) % 16)),
  Array.from({ length: 16 }, (_, i) => 1 + ((i * 3) % 16) * 2 ** -23),
  Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? 1e-42 : 0)),
  Array.from({ length: 16 }, (_, i) => (i === 9 ? 1e30 : -1e30)),
  Array.from({ length: 16 }, () => NaN),
  Array.from({ length: 16 }, (_, i) => (i % 3 === 0 ? NaN : i)),
  Array.from({ length: 16 }, (_, i) => (i % 3 === 0 ? -Infinity : i)),
];
const TOKENS = logits.length;
const EXPERTS = 16;

const usedExperts = [1, 2, 6, EXPERTS];

const choices = gatings.flatMap((gating) =>
  usedExperts.map((used): Scenario => ({
    name: `routeExperts: ${used} of ${EXPERTS} by ${gating}, the choice`,
    tolerance: 0,
    async run(tools) {
      const ids = await tools.indices(new Int32Array(TOKENS * used));
      const op = { op: 'routeExperts', experts: EXPERTS, used, gating, scale: 1, normalize: true } as const;
      await tools.run(
        [
          {
            ...op,
            logits: await tools.values(logits.flat()),
            ids,
            shares: await tools.result(TOKENS * used),
          },
        ],
        { tokens: TOKENS },
      );
      return { numbers: await tools.integersOf(ids), width: used };
    },
  })),
);

const shares = gatings.flatMap((gating) =>
  usedExperts.flatMap((used) =>
    [false, true].map((normalize): Scenario => ({
      name: `routeExperts: ${used} of ${EXPERTS} by ${gating}, ${normalize ? 'normalized' : 'plain'} shares`,
      tolerance: MAX_ROW_ERROR,
      async run(tools) {
        const out = await tools.result(TOKENS * used);
        const op = { op: 'routeExperts', experts: EXPERTS, used, gating, scale: 2.5, normalize } as const;
        const ids = await tools.indices(new Int32Array(TOKENS * used));
        await tools.run([{ ...op, logits: await tools.values(logits.flat()), ids, shares: out }], {
          tokens: TOKENS,
        });
        return { numbers: await tools.numbersOf(out), width: used };
      },
    })),
  ),
);

const sums = [1, 33, 512].flatMap((width) =>
  [1, 2, 8].map((used): Scenario => ({
    name: `combineExperts: ${used} rows of ${width}`,
    tolerance: MAX_ROW_ERROR,
    async run(tools) {
      const tokens = 7;
      const out = await tools.result(tokens * width);
      const [input, each] = [activations(tokens * used * width, 1), activations(tokens * used, 2)];
      const terms = input.map((x, i) => x * (each[Math.floor(i / width)] ?? NaN));
      const norms = Array.from({ length: tokens }, (_, token) =>
        Math.hypot(...terms.subarray(token * used * width, (token + 1) * used * width)),
      );
      await tools.run(
        [
          {
            ...{ op: 'combineExperts', used, width, out },
            input: await tools.values(input),
            shares: await tools.values(each),
          },
        ],
        { tokens },
      );
      return { numbers: await tools.numbersOf(out), width, norms };
    },
  })),
);

const squares = [1, 300].flatMap((width) =>
  [false, true].map((inputPerExpert): Scenario => ({
    name: `sumExpertSquares: rows of ${width}, ${inputPerExpert ? 'one per expert' : 'shared'}`,
    tolerance: MAX_ROW_ERROR,
    async run(tools) {
      const [tokens, used] = [21, 3];
      const sumsBefore = activations(5 * width, 1).map(Math.abs);
      const sumsOfSquares = await tools.result(5 * width);
      const hits = await tools.result(5);
      await tools.device.write(sumsOfSquares, sumsBefore);
      await tools.run(
        [
          {
            ...{ op: 'sumExpertSquares', inputPerExpert, used, experts: 5, width, hits, sums: sumsOfSquares },
            input: await tools.values(activations(tokens * (inputPerExpert ? used : 1) * width, 2)),
            ids: await tools.indices(Array.from({ length: tokens * used }, (_, i) => (i * i) % 5)),
          },
        ],
        { tokens },
      );
      return {
        numbers: [...(await tools.numbersOf(sumsOfSquares)), ...(await tools.numbersOf(hits))],
        width: 1,
      };
    },
  })),
);

/** Ops of mixtures of experts, but for their products. */
export const expertScenarios: readonly Scenario[] = [...choices, ...shares, ...sums, ...squares];
