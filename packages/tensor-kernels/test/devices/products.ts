import { bytesPerRow, decodeRows, formats, type Field, type FormatName } from '@halftone/quant-formats';
import type { ExpertProduct, Product, Values } from '../../src/index';
import { productTolerance } from '../tolerances';
import type { Outcome, Scenario } from './scenario';
import { activations, matrixOf, singleRowFormats, type Matrix, type Tools } from './tools';

/** Below, at and above what devices do row by row; the last two fill tiles and leave some over. */
const counts = [1, 2, 3, 7, 33, 64];

/** Rows that no device shares out evenly. */
const ROWS = 37;

/** Columns that end within what a device takes at a time, where the format allows it. */
function oddColumns(format: FormatName): number {
  const { blockLength } = formats[format];
  return blockLength === 1 ? 333 : blockLength * Math.ceil(520 / blockLength);
}

function decoded({ format, bytes, columns, rows, experts }: Matrix): Float32Array {
  const weights = new Float32Array(experts * rows * columns);
  decodeRows(formats[format], bytes, columns, weights);
  return weights;
}

/** For each row of inputs, the length of all terms of its products. */
function typicalNorms(matrix: Matrix, input: Float32Array): Float64Array {
  const { columns } = matrix;
  const energies = new Float64Array(columns);
  decoded(matrix).forEach(
    (weight, i) => (energies[i % columns] = (energies[i % columns] ?? NaN) + weight ** 2),
  );
  return Float64Array.from({ length: input.length / columns }, (_, row) =>
    Math.sqrt(energies.reduce((sum, energy, i) => sum + energy * (input[row * columns + i] ?? NaN) ** 2, 0)),
  );
}

/** For each row of inputs and each of weights, |w| |x|. */
function largestNorms(matrix: Matrix, input: Float32Array): Float64Array {
  const lengths = (numbers: Float32Array): number[] =>
    Array.from({ length: numbers.length / matrix.columns }, (_, row) =>
      Math.hypot(...numbers.subarray(row * matrix.columns, (row + 1) * matrix.columns)),
    );
  const weights = lengths(decoded(matrix));
  return Float64Array.from(lengths(input).flatMap((x) => weights.map((w) => w * x)));
}

/** All of several results, one after another. */
async function together(tools: Tools, results: readonly Values[]): Promise<number[]> {
  const all: number[] = [];
  for (const result of results) all.push(...(await tools.numbersOf(result)));
  return all;
}

const ordinary = singleRowFormats.flatMap((format) =>
  counts.map((count): Scenario => ({
    name: `matmul: ${format}, ${count} rows`,
    tolerance: productTolerance(format).typical,
    async run(tools) {
      const matrix = matrixOf(format, ROWS, oddColumns(format));
      const numbers = activations(count * matrix.columns, count);
      const out = await tools.result(count * ROWS);
      const product: Product = {
        weights: await tools.weights(matrix),
        out,
        bias: await tools.values(activations(ROWS, 5)),
      };
      await tools.run(
        [{ op: 'matmul', count: 'outputs', input: await tools.values(numbers), products: [product] }],
        {
          outputs: count,
        },
      );
      return { numbers: await tools.numbersOf(out), width: ROWS, norms: typicalNorms(matrix, numbers) };
    },
  })),
);

/** Rows of inputs that no model has. */
function oddInputs(columns: number): Float32Array {
  const ordinaryRow = activations(columns, 8);
  const shapes: readonly ((x: number, column: number) => number)[] = [
    () => 0,
    () => -0,
    () => 1,
    (_, column) => (column % 2 === 0 ? 1 : -1),
    (x, column) => (column === 77 ? 1e4 : x),
    (x) => 1e-42 * x,
    (x) => 1e-39 * x,
    (x) => 1e-36 * x,
    (x) => 1e-20 * x,
    (x) => 1e15 * x,
    (x) => 1e33 * x,
    (x, column) => x * 10 ** ((column % 40) - 20),
    (x, column) => (Math.floor(column / 32) % 2 === 0 ? 0 : x),
  ];
  return Float32Array.from(shapes.flatMap((shape) => [...ordinaryRow.map(shape)]));
}

const odd = singleRowFormats.flatMap((format) =>
  [false, true].map((together): Scenario => ({
    name: `matmul: ${format}, odd inputs ${together ? 'together' : 'one by one'}`,
    tolerance: productTolerance(format).largest,
    async run(tools) {
      const matrix = matrixOf(format, ROWS, oddColumns(format));
      const numbers = oddInputs(matrix.columns);
      const rows = numbers.length / matrix.columns;
      const weights = await tools.weights(matrix);
      const found: number[] = [];
      for (let first = 0; first < rows; first += together ? rows : 1) {
        const part = numbers.subarray(
          first * matrix.columns,
          together ? numbers.length : (first + 1) * matrix.columns,
        );
        const out = await tools.result((part.length / matrix.columns) * ROWS);
        const input = await tools.values(part);
        await tools.run([{ op: 'matmul', count: 'tokens', input, products: [{ weights, out }] }], {
          tokens: part.length / matrix.columns,
        });
        found.push(...(await tools.numbersOf(out)));
      }
      return { numbers: found, width: 1, norms: largestNorms(matrix, numbers) };
    },
  })),
);

function writeOne(view: DataView, offset: number, { name, as }: Field): void {
  if (as === 'f32') view.setFloat32(offset, 1, true);
  if (as === 'f16') view.setUint16(offset, 0x3c00, true);
  // That of mxfp4 is the exponent of a power of two.
  if (name === 'e') view.setUint8(offset, 128);
}

/** A row of each byte, with super scales of 1: codes and scales as large as they can be. */
function extremeMatrix(format: FormatName): Matrix {
  const fills = [0, 255, 15, 240, 128, 127];
  const { layout, bytesPerBlock, rowPrefixBytes, blockLength } = formats[format];
  const columns = 2 * blockLength;
  const rowBytes = bytesPerRow(formats[format], columns);
  const bytes = new Uint8Array(fills.length * rowBytes);
  const view = new DataView(bytes.buffer);
  fills.forEach((fill, row) => {
    bytes.fill(fill, row * rowBytes, (row + 1) * rowBytes);
    const rowStart = row * rowBytes;
    for (const field of layout.rowPrefix) writeOne(view, rowStart + field.offsetBytes, field);
    for (const field of layout.block.filter(({ name, as }) => as === 'f16' || name === 'e')) {
      for (let at = rowStart + rowPrefixBytes; at < rowStart + rowBytes; at += bytesPerBlock)
        writeOne(view, at + field.offsetBytes, field);
    }
  });
  return { format, rows: fills.length, columns, experts: 1, bytes };
}

/** No sum of a device overflows. */
const extremes = singleRowFormats
  .filter((format) => formats[format].family !== 'float')
  .flatMap((format) =>
    [1, 6, 12].map((tokens): Scenario => ({
      name: `matmul: ${format}, the largest codes, ${tokens} rows`,
      tolerance: productTolerance(format).largest,
      async run(tools) {
        const matrix = extremeMatrix(format);
        const inputs = [1, -1, 1e30, 1e-20, 3].map(
          (value): ((column: number) => number) =>
            () =>
              value,
        );
        inputs.push((column) => (column % 2 === 0 ? 1 : -1));
        const numbers = Float32Array.from({ length: tokens * matrix.columns }, (_, i) =>
          (inputs[Math.floor(i / matrix.columns) % inputs.length] ?? Number)(i % matrix.columns),
        );
        const out = await tools.result(tokens * matrix.rows);
        const products = [{ weights: await tools.weights(matrix), out }];
        const input = await tools.values(numbers);
        await tools.run([{ op: 'matmul', count: 'tokens', input, products }], { tokens });
        return { numbers: await tools.numbersOf(out), width: 1, norms: largestNorms(matrix, numbers) };
      },
    })),
  );

/** Products of one input in several formats, as those with queries, keys and values are. */
const mixed = [1, 9].map((tokens): Scenario => ({
  name: `matmul: products in three formats of ${tokens} rows`,
  tolerance: productTolerance('iq4_k').largest,
  async run(tools) {
    const mix = [matrixOf('iq4_k', 70, 512), matrixOf('f16', 1, 512), matrixOf('q8_0', 33, 512)] as const;
    const numbers = activations(tokens * 512, 6);
    const products: Product[] = [];
    for (const matrix of mix) {
      products.push({ weights: await tools.weights(matrix), out: await tools.result(tokens * matrix.rows) });
    }
    await tools.run([{ op: 'matmul', count: 'tokens', input: await tools.values(numbers), products }], {
      tokens,
    });
    return {
      numbers: await together(
        tools,
        products.map(({ out }) => out),
      ),
      width: 1,
      norms: mix.flatMap((matrix) => [...largestNorms(matrix, numbers)]),
    };
  },
}));

const lookups = singleRowFormats.map((format): Scenario => ({
  name: `decodeRows: ${format}`,
  tolerance: 0,
  async run(tools) {
    const matrix = matrixOf(format, ROWS, oddColumns(format));
    const ids = [36, 0, 5, 5, 17, 1, 0];
    const out = await tools.result(ids.length * matrix.columns);
    const weights = await tools.weights(matrix);
    await tools.run([{ op: 'decodeRows', weights, ids: await tools.indices(ids), out }], {
      tokens: ids.length,
    });
    return { numbers: await tools.numbersOf(out), width: matrix.columns };
  },
}));

const EXPERTS = 5;
const USED = 3;
const EXPERT_ROWS = 9;

/** Every token with three of four experts: the last expert is never chosen. */
function expertIds(tokens: number): Int32Array {
  return Int32Array.from(
    { length: tokens * USED },
    (_, i) => (Math.floor(i / USED) * 7 + (i % USED)) % (EXPERTS - 1),
  );
}

async function multiplyExperts(
  tools: Tools,
  format: FormatName,
  tokens: number,
  inputPerExpert: boolean,
): Promise<Outcome> {
  const matrix = matrixOf(format, EXPERT_ROWS, oddColumns(format), EXPERTS);
  const numbers = activations(tokens * (inputPerExpert ? USED : 1) * matrix.columns, tokens);
  const products: ExpertProduct[] = [];
  for (let i = 0; i < 2; i++) {
    products.push({
      weights: await tools.weights(matrix),
      out: await tools.result(tokens * USED * EXPERT_ROWS),
    });
  }
  await tools.run(
    [
      {
        ...{ op: 'expertMatmul', inputPerExpert, used: USED, products },
        input: await tools.values(numbers),
        ids: await tools.indices(expertIds(tokens)),
      },
    ],
    { tokens },
  );
  // Experts are alike, so each has its part of the length of all.
  const norms = typicalNorms(matrix, numbers).map((norm) => norm / Math.sqrt(EXPERTS));
  const perRow = Array.from(
    { length: tokens * USED },
    (_, row) => norms[inputPerExpert ? row : Math.floor(row / USED)] ?? NaN,
  );
  return {
    numbers: await together(
      tools,
      products.map(({ out }) => out),
    ),
    width: EXPERT_ROWS,
    norms: [...perRow, ...perRow],
  };
}

const experts = singleRowFormats.flatMap((format) =>
  [1, 2, 40].flatMap((tokens) =>
    [false, true].map((inputPerExpert): Scenario => ({
      name: `expertMatmul: ${format}, ${tokens} tokens, ${inputPerExpert ? 'inputs per expert' : 'shared inputs'}`,
      tolerance: productTolerance(format).typical,
      run: (tools) => multiplyExperts(tools, format, tokens, inputPerExpert),
    })),
  ),
);

/** Ops on packed weights. */
export const productScenarios: readonly Scenario[] = [
  ...ordinary,
  ...odd,
  ...extremes,
  ...mixed,
  ...lookups,
  ...experts,
];
