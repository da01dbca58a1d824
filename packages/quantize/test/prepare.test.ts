import { encodeGgufHeader, MemorySource, openGguf, type GgufFile } from '@halftone/gguf-io';
import type { ImportanceMatrix } from '@halftone/imatrix';
import { formats } from '@halftone/quant-formats';
import { parseFtype, parseRecipe } from '@halftone/recipe-dsl';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { prepare, prepareRepacking, type QuantizeOptions } from '../src/prepare';
import { tinyMetadata, tinyModel, tinyTensor } from './tiny-model';

afterEach(() => {
  vi.restoreAllMocks();
});

const tensors = [tinyTensor('blk.0.attn_q.weight', [256, 4]), tinyTensor('token_embd.weight', [256, 4])];

const options: QuantizeOptions = {
  ftype: parseFtype('Q8_0'),
  recipe: parseRecipe('attn=iq6_k', 'test.recipe'),
};

/** An importance matrix of ones, of that many values for each tensor. */
function importanceOf(lengths: Record<string, number>): ImportanceMatrix {
  const entries = Object.entries(lengths).map(
    ([name, length]) =>
      [name, { name, sums: new Float32Array(length).fill(1), counts: Float64Array.of(1) }] as const,
  );
  return {
    source: 'test.dat',
    entries: new Map(entries),
    chunkCount: undefined,
    chunkSize: undefined,
    datasets: [],
  };
}

/** A file that holds a header alone: its one tensor may be of any size. */
function headerAlone(dimensions: readonly number[]): Promise<GgufFile> {
  const tensor = { name: 'blk.0.attn_q.weight', dimensions, format: 'f32' } as const;
  const header = encodeGgufHeader({ version: 3, metadata: new Map(tinyMetadata), tensors: [tensor] });
  return openGguf(new MemorySource(header, 'header.gguf'));
}

describe('a source of any kind', () => {
  it('refuses to do without an importance matrix when it is strict', async () => {
    const file = await tinyModel([tinyTensor('blk.0.attn_q.weight', [256, 4])]);
    const options = {
      ftype: parseFtype('Q8_0'),
      recipe: parseRecipe('attn=iq6_k', 'test.recipe'),
      strict: true,
    };
    expect(() => prepare(file, options)).toThrow(expect.objectContaining({ code: 'missing-importance' }));
    const ignored = { ...options, recipe: parseRecipe('attn=q8_0', 'test.recipe') };
    expect(prepare(file, ignored).plan.tensors).toHaveLength(1);
  });

  it('refuses to repack a model with tensors that cannot be copied', async () => {
    const shape = { dimensions: [256, 8] };
    const header = encodeGgufHeader({
      version: 3,
      metadata: new Map(tinyMetadata),
      tensors: [
        { ...shape, name: 'blk.0.attn_q.weight', format: 'q4_0' },
        { ...shape, name: 'blk.0.attn_k.weight', format: 'i2_s' },
      ],
    });
    const file = await openGguf(new MemorySource(header, 'header.gguf'));
    expect(() => prepareRepacking(file, { repacking: 'repack', only: [] })).toThrow(
      expect.objectContaining({ code: 'unwritable-type' }),
    );
  });

  it('refuses a model in several files', async () => {
    const file = await tinyModel(tensors, [...tinyMetadata, ['split.count', { type: 'uint16', value: 3 }]]);
    expect(() => prepare(file, options)).toThrow(expect.objectContaining({ code: 'split-model' }));
  });

  it.each(['COPY', 'F16', 'Q8_0', 'IQ4_KSS'])(
    'needs no facts of the model for %s and a full recipe',
    async (name) => {
      const down = tinyTensor('v.blk.0.ffn_down.weight', [256, 4]);
      const recipe = parseRecipe('down|attn|embd=q6_0', 'full.recipe');
      const { plan } = prepare(await tinyModel([down, ...tensors], []), { ftype: parseFtype(name), recipe });
      const formatsOfPlan = new Set(plan.tensors.map(({ format }) => format));
      expect([...formatsOfPlan]).toEqual([name === 'COPY' ? 'f32' : 'q6_0']);
    },
  );

  it('asks for the number of layers where a default depends on it', async () => {
    const file = await tinyModel([tinyTensor('blk.0.ffn_down.weight', [256, 4])], []);
    expect(() => prepare(file, { ftype: parseFtype('IQ4_KSS') })).toThrow(
      expect.objectContaining({ code: 'missing-layer-count' }),
    );
  });

  it('refuses rows that are too long to encode, and takes them where they are kept', async () => {
    const file = await headerAlone([2 ** 20 + 256, 2]);
    expect(() => prepare(file, { ftype: parseFtype('Q8_0') })).toThrow(
      expect.objectContaining({ code: 'row-too-long' }),
    );
    expect(prepare(file, { ftype: parseFtype('COPY') }).plan.tensors).toHaveLength(1);
    expect(prepare(await headerAlone([2 ** 31]), { ftype: parseFtype('Q8_0') }).plan.tensors).toHaveLength(1);
  });
});

describe('importance', () => {
  const importanceMatrix = importanceOf({ 'token_embd.weight': 256 });

  it('is reported when it is missing, and refused when it is strict', async () => {
    const file = await tinyModel(tensors);
    const { importance } = prepare(file, { ...options, importanceMatrix });
    expect(importance?.missing).toMatchObject([{ tensor: 'blk.0.attn_q.weight', expected: false }]);
    const prepareStrictly = (): unknown => prepare(file, { ...options, importanceMatrix, strict: true });
    expect(prepareStrictly).toThrow(expect.objectContaining({ code: 'missing-importance' }));
    expect(prepareStrictly).toThrow('1 tensor without importance: blk.0.attn_q.weight');
  });

  it.each(['q8_0', 'f16', 'bf16'])('is not missed where the new type is %s', async (format) => {
    const file = await tinyModel(tensors);
    const recipe = parseRecipe(`attn=${format}`, 'test.recipe');
    const { importance } = prepare(file, { ...options, recipe, importanceMatrix, strict: true });
    expect(importance?.missing).toEqual([]);
  });

  it('is refused when it is missing and the type is of no use without it, whether strict or not', async () => {
    vi.spyOn(formats.iq6_k, 'importance', 'get').mockReturnValue('required');
    const file = await tinyModel([...tensors, tinyTensor('blk.1.attn_q.weight', [256, 4])]);
    for (const matrix of [undefined, importanceMatrix]) {
      const prepareWithout = (): unknown => prepare(file, { ...options, importanceMatrix: matrix });
      expect(prepareWithout).toThrow(expect.objectContaining({ code: 'missing-importance' }));
      expect(prepareWithout).toThrow('2 tensors without importance: 2 blk.N.attn_q.weight');
    }
    const whole = importanceOf({ 'blk.0.attn_q.weight': 256, 'blk.1.attn_q.weight': 256 });
    expect(prepare(file, { ...options, importanceMatrix: whole }).importance?.byTensor.size).toBe(2);
  });

  it('is one run of columns for each matrix of a tensor of four dimensions', async () => {
    const name = 'blk.0.attn_q.weight';
    const file = await tinyModel([tinyTensor(name, [32, 4, 1, 2])]);
    const recipe = parseRecipe('attn=q6_0', 'test.recipe');
    const { importance } = prepare(file, {
      ...options,
      recipe,
      importanceMatrix: importanceOf({ [name]: 64 }),
    });
    expect(importance?.byTensor.get(name)).toMatchObject({ columns: 32, rows: 4 });
  });
});
