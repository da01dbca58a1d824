import { decodeRows, formats } from '@halftone/quant-formats';
import { pairings, type Cache, type CacheFormat, type Op } from '../../src/index';
import { MAX_ATTENTION_ERROR, MAX_ROW_ERROR, MAX_TURNED_CELL_ERROR } from '../tolerances';
import { noise } from '../rows';
import { oddNumbers } from './rows';
import type { Scenario } from './scenario';
import { activations, type Tools } from './tools';

const cacheFormats = ['f32', 'f16', 'q8_0'] as const satisfies readonly CacheFormat[];

/** Angles of a model with context of a million tokens: from 1 radian per position down. */
function frequencies(pairs: number): Float32Array {
  return Float32Array.from({ length: pairs }, (_, pair) => 1e6 ** (-pair / pairs));
}

interface RotationCase {
  readonly heads: number;
  readonly headLength: number;
  readonly rotated: number;
}

const rotationCases: readonly RotationCase[] = [
  { heads: 1, headLength: 2, rotated: 2 },
  { heads: 3, headLength: 64, rotated: 64 },
  { heads: 5, headLength: 80, rotated: 20 },
  { heads: 2, headLength: 7, rotated: 6 },
  { heads: 8, headLength: 128, rotated: 128 },
];
const positions = [0, 1, 5, -3, 4095, 131_071, 1_000_000];

const rotations = rotationCases.flatMap(({ heads, headLength, rotated }) =>
  pairings.map((pairing): Scenario => ({
    name: `rotate: ${rotated} of ${headLength} values of ${heads} heads, ${pairing}`,
    tolerance: MAX_ROW_ERROR,
    async run(tools) {
      const width = heads * headLength;
      const data = await tools.result(positions.length * width);
      await tools.device.write(data, activations(positions.length * width, 1));
      const rotation = {
        ...{ headLength, rotated, pairing, magnitude: 1.1 },
        frequencies: await tools.values(frequencies(rotated / 2)),
      };
      await tools.run([{ op: 'rotate', data, positions: await tools.indices(positions), heads, rotation }], {
        tokens: positions.length,
      });
      return { numbers: await tools.numbersOf(data), width };
    },
  })),
);

/** A cache of which some cells hold something. */
async function storedCells(
  tools: Tools,
  format: CacheFormat,
  width: number,
): Promise<{ ops: readonly Op[]; cache: Cache }> {
  const cache = tools.cache(format, 20, width);
  const tokens = oddNumbers.length;
  const scaled = activations(tokens * width, 3).map(
    (x, i) => (i % 3 === 0 ? (oddNumbers[Math.floor(i / width)] ?? NaN) : 1) * x,
  );
  const cells = await tools.indices(Array.from({ length: tokens }, (_, i) => (7 * i + 3) % 20));
  return { cache, ops: [{ op: 'storeRows', input: await tools.values(scaled), cache, cells }] };
}

const stores = cacheFormats.flatMap((format) =>
  [32, 96, 352].map((width): Scenario => ({
    name: `storeRows: ${format}, rows of ${width}`,
    tolerance: 0,
    async run(tools) {
      const { cache, ops } = await storedCells(tools, format, width);
      await tools.run(ops, { tokens: oddNumbers.length });
      const all = await tools.device.readCells(cache, 0, 20);
      const some = await tools.device.readCells(cache, 5, 3);
      return { numbers: [...all, ...some], width: 1 };
    },
  })),
);

const turnedCells = cacheFormats.flatMap((format) =>
  pairings.map((pairing): Scenario => ({
    name: `rotateCells: ${format}, ${pairing}`,
    tolerance: MAX_TURNED_CELL_ERROR[format],
    async run(tools) {
      const cache = tools.cache(format, 6, 96);
      const rotation = {
        ...{ headLength: 48, rotated: 32, pairing, magnitude: 1 },
        frequencies: await tools.values(frequencies(16)),
      };
      const input = await tools.values(activations(6 * 96, 4));
      const all = await tools.indices([0, 1, 2, 3, 4, 5]);
      await tools.run([{ op: 'storeRows', input, cache, cells: all }], { tokens: 6 });
      const cells = await tools.indices([5, 0, 2]);
      const by = await tools.indices([-100, 7, 4000]);
      await tools.run([{ op: 'rotateCells', cache, cells, positions: by, heads: 2, rotation }], {
        tokens: 3,
      });
      const rows = new Float32Array(6 * 96);
      decodeRows(formats[format], await tools.device.readCells(cache, 0, 6), 96, rows);
      return { numbers: rows, width: 96 };
    },
  })),
);

/** What attention looks at. */
interface AttentionCase {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headLength: number;
  readonly valueLength: number;
  readonly format: CacheFormat;
  /** Cells of the cache; a list of all of them, out of order, is what spans point to. */
  readonly cells: number;
  /** Start and length for each token. */
  readonly spans: readonly (readonly [number, number])[];
}

/** Numbers from 0 to `end - 1` in an order that has nothing to do with them. */
function shuffled(end: number): Int32Array {
  return Int32Array.from({ length: end }, (_, i) => (i * 7919) % end);
}

async function fillCache(tools: Tools, cache: Cache, seed: number): Promise<void> {
  const input = await tools.values(activations(cache.cells * cache.width, seed));
  const cells = await tools.indices(shuffled(cache.cells));
  await tools.run([{ op: 'storeRows', input, cache, cells }], { tokens: cache.cells });
}

/**
 * What comes out, (tokens, heads * valueLength). Scores go up to some tens, so that some cells count much more than others; larger ones
 * would say how exact floats are, not devices.
 */
async function attend(tools: Tools, shape: AttentionCase): Promise<Float32Array> {
  const { heads, keyValueHeads, headLength, valueLength, format, cells, spans } = shape;
  const keys = tools.cache(format, cells, keyValueHeads * headLength);
  const values = tools.cache(format, cells, keyValueHeads * valueLength);
  await fillCache(tools, keys, 1);
  await fillCache(tools, values, 2);
  const tokens = spans.length;
  const out = await tools.result(tokens * heads * valueLength);
  await tools.run(
    [
      {
        ...{ op: 'attention', keys, values, out, heads, keyValueHeads, scale: 3 * headLength ** -0.5 },
        query: await tools.values(noise(tokens * heads * headLength, 3).map((x) => 60 * x)),
        cells: await tools.indices(shuffled(cells)),
        spans: await tools.indices(spans.flat()),
      },
    ],
    { tokens },
  );
  return tools.numbersOf(out);
}

const wide = { heads: 8, keyValueHeads: 2, headLength: 128, valueLength: 128 };
const odd = { heads: 6, keyValueHeads: 2, headLength: 40, valueLength: 23 };
const generation = [[0, 1511]] as const;
const severalSequences = [
  [0, 700],
  [700, 13],
  [713, 600],
  [3, 1],
] as const;
const prompt = Array.from({ length: 150 }, (_, token) => [0, 900 + token] as const);
const firstPrompt = Array.from({ length: 64 }, (_, token) => [0, 1 + token] as const);
const slidingWindow = Array.from({ length: 70 }, (_, token) => [5 + token, 129] as const);
const backwards = Array.from(
  { length: 33 },
  (_, token) => [1200 - 31 * token, 1 + ((token * 37) % 300)] as const,
);

const attentionCases: readonly (Omit<AttentionCase, 'cells'> & { readonly what: string })[] = [
  { what: 'generation', ...wide, format: 'f16', spans: generation },
  { what: 'generation', ...wide, format: 'q8_0', spans: generation },
  { what: 'several sequences', ...wide, format: 'f32', spans: severalSequences },
  { what: 'several sequences', ...odd, format: 'f32', spans: severalSequences },
  ...cacheFormats.map((format) => ({
    what: 'several sequences',
    ...odd,
    headLength: 64,
    valueLength: 32,
    format,
    spans: severalSequences,
  })),
  {
    what: 'a prompt',
    ...wide,
    keyValueHeads: 8,
    headLength: 64,
    valueLength: 64,
    format: 'f32',
    spans: prompt,
  },
  { what: 'the first prompt', ...wide, keyValueHeads: 1, headLength: 32, format: 'q8_0', spans: firstPrompt },
  { what: 'a sliding window', ...odd, format: 'f16', spans: slidingWindow },
  { what: 'spans in any order', ...odd, heads: 2, keyValueHeads: 1, format: 'f16', spans: backwards },
  {
    what: 'heads of one value',
    heads: 3,
    keyValueHeads: 3,
    headLength: 1,
    valueLength: 1,
    format: 'f32',
    spans: firstPrompt,
  },
];

const attention = attentionCases.map(({ what, ...shape }): Scenario => ({
  name: `attention: ${what}, ${shape.heads} heads of ${shape.headLength}, ${shape.keyValueHeads} of keys, ${shape.format}`,
  tolerance: MAX_ATTENTION_ERROR,
  run: async (tools) => {
    const numbers = await attend(tools, { ...shape, cells: 1511 });
    const norms = new Float64Array(numbers.length / shape.valueLength).fill(Math.sqrt(shape.valueLength));
    return { numbers, width: shape.valueLength, norms };
  },
}));

/** Ops on heads, and on caches of keys and values. */
export const headScenarios: readonly Scenario[] = [...rotations, ...stores, ...turnedCells, ...attention];
