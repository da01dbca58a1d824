import { gateFunctions } from '../../src/index';
import { MAX_ROW_ERROR } from '../tolerances';
import type { Scenario } from './scenario';
import { activations } from './tools';

/** Numbers that no trained model has, each with a row of its own: what becomes of it is said by the op. */
export const oddNumbers = [0, -0, 1e-42, -1e-40, 1e-20, 1e-4, -1, 40, -90, 120, 1e4, -1e15, 1e15];

/** Widths that leave lanes over, whatever their number, and one that is worth a piece of work for each row. */
const widths = [1, 7, 64, 333, 9000];

const TOKENS = 7;

const norms = widths.flatMap((width) =>
  [1, 3].map((groups): Scenario => ({
    name: `rmsNorm: ${groups} of ${width}`,
    tolerance: MAX_ROW_ERROR,
    async run(tools) {
      const rows = oddNumbers.length;
      const input = await tools.values(
        activations(rows * groups * width, 1).map(
          (x, i) => x * (oddNumbers[Math.floor(i / groups / width)] ?? NaN),
        ),
      );
      const weights = await tools.values(activations(width, 2));
      const out = await tools.result(rows * groups * width);
      const norm = { op: 'rmsNorm', count: 'outputs', weights, groups, width, epsilon: 1e-5 } as const;
      await tools.run(
        [
          { ...norm, input, out },
          { ...norm, input, out: input },
        ],
        { tokens: 1, outputs: rows },
      );
      const numbers = await tools.numbersOf(out);
      const inPlace = new Float32Array(input.length);
      await tools.device.read(input, inPlace);
      return { numbers: [...numbers, ...inPlace], width };
    },
  })),
);

const gates = gateFunctions.flatMap((name) =>
  widths.map((width): Scenario => ({
    name: `gate: ${name}, 2 rows of ${width} for each token`,
    tolerance: MAX_ROW_ERROR,
    async run(tools) {
      const length = 2 * TOKENS * width;
      const numbers = activations(length, 1).map((x, i) =>
        i % 5 === 0 ? (oddNumbers[(i / 5) % oddNumbers.length] ?? NaN) : 5 * x,
      );
      const factors = activations(length, 2);
      const gate = await tools.values(numbers);
      const up = await tools.values(factors);
      const out = await tools.result(length);
      const op = { op: 'gate', function: name, gate, up, width, perToken: 2 } as const;
      await tools.run(
        [
          { ...op, out },
          { ...op, out: up },
        ],
        { tokens: TOKENS },
      );
      const inPlace = new Float32Array(length);
      await tools.device.read(up, inPlace);
      const norms = numbers.map((x, i) => Math.abs(x * (factors[i] ?? NaN)));
      return {
        numbers: [...(await tools.numbersOf(out)), ...inPlace],
        width: 1,
        norms: [...norms, ...norms],
      };
    },
  })),
);

/** `scaleRows`, `add` and `selectRows`, which round at most once and so give the same numbers everywhere. */
const plain = widths.map((width): Scenario => ({
  name: `scaleRows, add and selectRows: rows of ${width}`,
  tolerance: 0,
  async run(tools) {
    const tokens = oddNumbers.length;
    const data = await tools.values(activations(tokens * width, 1));
    const factors = await tools.values(oddNumbers);
    const addend = await tools.values(activations(tokens * width, 2).map((x) => 100 * x));
    const out = await tools.result(5 * width);
    const rows = await tools.indices([tokens - 1, 0, 3, 3, 7]);
    await tools.run(
      [
        { op: 'scaleRows', data, factors, width },
        { op: 'add', data, addend, width },
        { op: 'selectRows', input: data, rows, out, width },
      ],
      { tokens, outputs: 5 },
    );
    return { numbers: await tools.numbersOf(out), width };
  },
}));

const squares = widths.flatMap((width) =>
  (['tokens', 'outputs'] as const).map((count): Scenario => ({
    name: `sumSquares: ${count}, rows of ${width}`,
    tolerance: MAX_ROW_ERROR,
    async run(tools) {
      const rows = 33;
      const input = await tools.values(activations(rows * width, 1));
      const sums = await tools.result(width);
      await tools.device.write(sums, activations(width, 2).map(Math.abs));
      await tools.run([{ op: 'sumSquares', count, input, width, sums }], { tokens: 1, [count]: rows });
      return { numbers: await tools.numbersOf(sums), width };
    },
  })),
);

/** Ops on rows of activations. */
export const rowScenarios: readonly Scenario[] = [...norms, ...gates, ...plain, ...squares];
