import { GgufWriter, MemorySink, MemorySource, openGguf, type GgufFile } from '@halftone/gguf-io';
import type { ImportanceMatrix } from '@halftone/imatrix';
import { decodeRows, encodeRows, formats } from '@halftone/quant-formats';
import { parseFtype, parseRecipe } from '@halftone/recipe-dsl';
import { describe, expect, it } from 'vitest';
// The built package: encoder threads run its worker file.
import { outputMetadata, prepare, quantize, relativeError, type TensorReport } from '@halftone/quantize';
import { ternaryFile } from '../../gguf-io/test/ternary-file';
import { bellCurve, tinyModel, tinyTensor } from './tiny-model';

interface Settings {
  readonly recipe: string;
  readonly threads: number;
  readonly importanceMatrix?: ImportanceMatrix;
  readonly signal?: AbortSignal;
}

/** Quantize a file in memory; gives the new file and what was reported. */
async function quantizeInMemory(
  source: GgufFile,
  { recipe, threads, importanceMatrix, signal }: Settings,
): Promise<{ bytes: Uint8Array; reports: readonly TensorReport[] }> {
  const prepared = prepare(source, {
    ftype: parseFtype('Q8_0'),
    recipe: parseRecipe(recipe, 'test.recipe'),
    importanceMatrix,
    allowRequantize: true,
  });
  const { plan, importance } = prepared;
  const sink = new MemorySink('out.gguf');
  const writer = await GgufWriter.open(sink, {
    version: 3,
    metadata: outputMetadata(source.metadata, 7),
    tensors: plan.tensors.map((planned) => ({ ...planned.source, format: planned.format })),
  });
  const byTensor = importance?.byTensor ?? new Map();
  const reports = await quantize({ source, plan, importance: byTensor, writer, threads, signal });
  await writer.finish();
  return { bytes: sink.bytes ?? new Uint8Array(), reports };
}

/** Equal bytes: the matchers of vitest take seconds for a megabyte. */
function expectBytes(bytes: Uint8Array, expected: Uint8Array | undefined): void {
  expect(bytes.length).toBe(expected?.length);
  expect(bytes.findIndex((byte, index) => byte !== expected?.[index])).toBe(-1);
}

const recipe = 'ffn_down=iq4_ks,ffn_(gate|up)=iq4_kss,attn=iq6_k';

const tensors = [
  tinyTensor('blk.0.attn_q.weight', [256, 256]),
  tinyTensor('blk.0.attn_norm.weight', [256]),
  // 384 rows: more than one window of 2^18 weights, and the last window shorter than the others.
  tinyTensor('blk.0.ffn_down.weight', [1024, 384], 'bf16'),
  tinyTensor('blk.0.ffn_up_exps.weight', [256, 16, 4]),
];

function importanceOf(entries: Record<string, Float32Array>): ImportanceMatrix {
  const all = Object.entries(entries).map(
    ([name, sums]) => [name, { name, sums, counts: Float64Array.of(1) }] as const,
  );
  return {
    source: 'test.dat',
    entries: new Map(all),
    chunkCount: undefined,
    chunkSize: undefined,
    datasets: [],
  };
}

describe('quantize', () => {
  it('gives the same bytes whatever the number of threads', async () => {
    const files = await Promise.all(
      [1, 2, 5].map(async (threads) => quantizeInMemory(await tinyModel(tensors), { recipe, threads })),
    );
    for (const { bytes } of files) expectBytes(bytes, files[0]?.bytes);
  });

  it('writes what the format itself encodes, in the order of the source', async () => {
    const { bytes } = await quantizeInMemory(await tinyModel(tensors), { recipe, threads: 2 });
    const file = await openGguf(new MemorySource(bytes));
    expect(file.tensors.map(({ name, format }) => [name, format])).toEqual([
      ['blk.0.attn_q.weight', 'iq6_k'],
      ['blk.0.attn_norm.weight', 'f32'],
      ['blk.0.ffn_down.weight', 'iq4_ks'],
      ['blk.0.ffn_up_exps.weight', 'iq4_kss'],
    ]);
    for (const [index, tensor] of file.tensors.entries()) {
      const original = tensors[index] ?? tinyTensor('none', [1]);
      const columns = tensor.dimensions[0] ?? 1;
      const source = new Uint8Array(formats[original.format].bytesPerBlock * original.weights.length);
      encodeRows(formats[original.format], original.weights, columns, undefined, source);
      const weights = new Float32Array(original.weights.length);
      decodeRows(formats[original.format], source, columns, weights);
      const expected = new Uint8Array(tensor.byteLength);
      encodeRows(formats[tensor.format], weights, columns, undefined, expected);
      expectBytes(await file.readTensorBytes(tensor), expected);
    }
  });

  it.each([
    ['three', [256, 16, 2]],
    ['four', [256, 16, 1, 2]],
  ])('gives each expert its own importance, in %s dimensions', async (_, dimensions) => {
    const name = 'blk.0.ffn_up_exps.weight';
    const matrix = bellCurve(256 * 16, 7);
    const twins = [
      {
        name,
        dimensions,
        format: 'f32' as const,
        weights: Float32Array.of(...matrix, ...matrix),
      },
    ];
    // The same weights twice; what matters differs between the experts.
    const meanSquares = Float32Array.from({ length: 512 }, (_, column) =>
      column < 256 ? 1 : (column % 7) ** 3 + 0.01,
    );
    const { bytes } = await quantizeInMemory(await tinyModel(twins), {
      recipe,
      threads: 2,
      importanceMatrix: importanceOf({ [name]: meanSquares }),
    });
    const file = await openGguf(new MemorySource(bytes));
    const [tensor] = file.tensors;
    if (tensor === undefined) throw new Error('the file has a tensor');
    const data = await file.readTensorBytes(tensor);
    for (const expert of [0, 1]) {
      const expected = new Uint8Array(data.length / 2);
      const importance = meanSquares.subarray(expert * 256, (expert + 1) * 256);
      encodeRows(formats.iq4_kss, matrix, 256, importance, expected);
      expect(data.subarray(expert * expected.length, (expert + 1) * expected.length)).toEqual(expected);
    }
  });

  it('reports the error of what it wrote, and none for what it kept', async () => {
    const { reports } = await quantizeInMemory(await tinyModel(tensors), { recipe, threads: 1 });
    const errors = reports.map((report) => report.errors && relativeError(report.errors));
    expect(errors[0]).toBeGreaterThan(1e-6);
    expect(errors[0]).toBeLessThan(1e-3);
    expect(errors[1]).toBeUndefined();
    expect(errors[3]).toBeLessThan(0.03);
  });

  describe('rows that have one scale in common', () => {
    const ternary = tensors
      .filter(({ dimensions }) => dimensions.length > 1)
      .map(({ name, dimensions }) => tinyTensor(name, dimensions));
    const toTernary = { recipe: 'blk=iq2_bn', threads: 3 };

    it('become iq2_bn with the same weights', async () => {
      const source = await openGguf(new MemorySource(await ternaryFile(await tinyModel(ternary))));
      expect(source.tensors.map(({ format }) => format)).toEqual(['i2_s', 'i2_s', 'i2_s']);
      const { reports, bytes } = await quantizeInMemory(source, toTernary);
      expect(reports.map(({ errors }) => errors?.error)).toEqual([0, 0, 0]);
      const file = await openGguf(new MemorySource(bytes));
      for (const [index, { weights }] of ternary.entries()) {
        const scale = Math.fround(
          weights.reduce((sum, weight) => sum + Math.abs(weight) / weights.length, 0),
        );
        const [tensor] = file.tensors.slice(index);
        if (tensor === undefined) throw new Error('the file has the tensor');
        const decoded = new Float32Array(weights.length);
        decodeRows(formats.iq2_bn, await file.readTensorBytes(tensor), tensor.dimensions[0] ?? 1, decoded);
        const wrong = weights.findIndex(
          (weight, i) => decoded[i] !== scale * Math.min(Math.max(Math.round(weight / scale), -1), 1),
        );
        expect(wrong).toBe(-1);
      }
    });

    it('have a scale that is checked', async () => {
      const bytes = await ternaryFile(await tinyModel(ternary.slice(0, 1)));
      new DataView(bytes.buffer).setFloat32(bytes.length - 32, NaN, true);
      const source = await openGguf(new MemorySource(bytes, 'bad.gguf'));
      await expect(quantizeInMemory(source, toTernary)).rejects.toMatchObject({
        code: 'not-finite',
        facts: { file: 'bad.gguf', tensor: 'blk.0.attn_q.weight' },
      });
    });
  });

  it.each([NaN, Infinity, -Infinity])('names the tensor and the weight that is %d', async (value) => {
    const bad = tinyTensor('blk.0.ffn_down.weight', [1024, 384]);
    bad.weights[300 * 1024 + 17] = value;
    const work = quantizeInMemory(await tinyModel([bad]), { recipe, threads: 2 });
    await expect(work).rejects.toMatchObject({
      code: 'not-finite',
      facts: { file: 'tiny.gguf', tensor: 'blk.0.ffn_down.weight', found: value },
      message: expect.stringContaining('weight 307217 (row 300, column 17)') as unknown,
    });
  });

  it.each([NaN, Infinity])('checks the tensors that it keeps, too: %d', async (value) => {
    const bad = tinyTensor('blk.0.attn_norm.weight', [256]);
    bad.weights[3] = value;
    const work = quantizeInMemory(await tinyModel([bad, ...tensors.slice(2)]), { recipe, threads: 1 });
    await expect(work).rejects.toMatchObject({
      code: 'not-finite',
      facts: { tensor: 'blk.0.attn_norm.weight' },
    });
  });

  it('names the weight that the new type cannot hold', async () => {
    const large = tinyTensor('blk.0.attn_q.weight', [256, 4]);
    large.weights[258] = 70_000;
    const work = quantizeInMemory(await tinyModel([large]), { recipe: 'attn=f16', threads: 1 });
    await expect(work).rejects.toMatchObject({ code: 'out-of-range', facts: { found: 70_000 } });
  });

  it('cuts long vectors that it keeps', async () => {
    const long = tinyTensor('blk.0.attn_norm.weight', [2 ** 18 + 100]);
    const { bytes } = await quantizeInMemory(await tinyModel([long]), { recipe, threads: 2 });
    const { tensors: written, ...file } = await openGguf(new MemorySource(bytes));
    expect(written).toMatchObject([{ dimensions: [2 ** 18 + 100], format: 'f32' }]);
    const data = bytes.subarray(file.dataOffset, file.dataOffset + 4 * long.weights.length);
    expectBytes(data, new Uint8Array(long.weights.buffer));
    long.weights[2 ** 18 + 7] = NaN;
    const work = quantizeInMemory(await tinyModel([long]), { recipe, threads: 2 });
    await expect(work).rejects.toThrow('weight 262151 (row 0, column 262151)');
  });

  it('tells at each tensor how far the work has come', async () => {
    const { reports } = await quantizeInMemory(await tinyModel(tensors), { recipe, threads: 2 });
    const weights = tensors.map((tensor) => tensor.weights.length);
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    expect(
      reports.map(({ tensorIndex, tensorCount, weightsDone, weightsTotal }) => [
        `${tensorIndex} of ${tensorCount}`,
        `${weightsDone} of ${weightsTotal}`,
      ]),
    ).toEqual(
      weights.map((_, index) => [`${index} of 4`, `${sum(weights.slice(0, index + 1))} of ${sum(weights)}`]),
    );
  });

  it('refuses the plan of another file', async () => {
    const { plan } = prepare(await tinyModel(tensors), { ftype: parseFtype('Q8_0') });
    const source = await tinyModel(tensors.slice(1));
    const writer = await GgufWriter.open(new MemorySink('out.gguf'), source);
    const work = quantize({ source, plan, importance: new Map(), writer, threads: 1 });
    await expect(work).rejects.toMatchObject({ code: 'other-plan' });
  });

  it('stops when it is told to', async () => {
    const work = quantizeInMemory(await tinyModel(tensors), {
      recipe,
      threads: 1,
      signal: AbortSignal.abort(),
    });
    await expect(work).rejects.toMatchObject({ code: 'aborted' });
  });
});
