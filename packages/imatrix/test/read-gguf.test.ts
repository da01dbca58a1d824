import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GgufWriter, MemorySink, ggufArray, type GgufTensorShape, type GgufValue } from '@halftone/gguf-io';
import { describe, expect, it } from 'vitest';
import { readImportanceMatrix } from '../src/index';
import { plainEntries } from './matrix';

interface Expected {
  readonly chunkCount: number;
  readonly chunkSize: number;
  readonly datasets: readonly string[];
  readonly entries: readonly {
    readonly name: string;
    readonly counts: readonly number[];
    readonly sumCount: number;
    readonly sha256OfSums: string;
  }[];
}

const golden = (name: string): URL => new URL(`goldens/${name}`, import.meta.url);

describe('a file of llama-imatrix of llama.cpp', () => {
  it('is read as the independent reader reads it, to the bit', async () => {
    const { entries, ...facts } = JSON.parse(await readFile(golden('moe-15M-cut.json'), 'utf8')) as Expected;
    const matrix = await readImportanceMatrix(await readFile(golden('moe-15M-cut.imatrix.gguf')), 'moe');
    expect(matrix).toMatchObject({ source: 'moe', ...facts, ignored: [] });
    const own = [...matrix.entries.values()].map(({ name, counts, sums }) => ({
      name,
      counts: [...counts],
      sumCount: sums.length,
      sha256OfSums: createHash('sha256').update(Float32Array.from(sums)).digest('hex'),
    }));
    expect(own).toEqual(entries);
  });
});

interface TestTensor extends GgufTensorShape {
  readonly values: readonly number[];
}

const sums: TensorOptions = { name: 'a.in_sum2', values: [1, 2] };
const counts: TensorOptions = { name: 'a.counts', values: [3] };
const general: GgufValue = { type: 'string', value: 'imatrix' };

interface TensorOptions {
  readonly name: string;
  readonly values: readonly number[];
  readonly format?: 'f32' | 'bf16';
}

/** A GGUF file with these tensors and metadata, right or wrong. */
async function ggufFile(
  tensors: readonly TensorOptions[],
  metadata: Record<string, GgufValue> = { 'general.type': general },
): Promise<Uint8Array> {
  const shapes: TestTensor[] = tensors.map(({ name, values, format = 'f32' }) => ({
    name,
    values,
    format,
    dimensions: [values.length],
  }));
  const sink = new MemorySink();
  const header = { version: 3, metadata: new Map(Object.entries(metadata)), tensors: shapes } as const;
  const writer = await GgufWriter.open(sink, header);
  for (const [index, { byteLength }] of writer.tensors.entries()) {
    const bytes = new Uint8Array(Float32Array.from(shapes[index]?.values ?? []).buffer);
    await writer.write(bytes.subarray(0, byteLength));
  }
  await writer.finish();
  return sink.bytes ?? new Uint8Array(0);
}

describe('the GGUF form', () => {
  it('may tell neither chunks nor texts, and hold tensors that mean nothing here', async () => {
    const bytes = await ggufFile([sums, counts, { name: 'a.in_sum', values: [1, 2] }]);
    const matrix = await readImportanceMatrix(bytes, 'x');
    expect(matrix).toMatchObject({
      chunkCount: undefined,
      chunkSize: undefined,
      datasets: [],
      ignored: ['a.in_sum'],
    });
    expect(plainEntries(matrix)).toEqual([{ name: 'a', sums: [1, 2], counts: [3] }]);
  });

  it('has its tensors in any order', async () => {
    const bytes = await ggufFile([
      counts,
      { name: 'b.in_sum2', values: [5] },
      sums,
      { name: 'b.counts', values: [6] },
    ]);
    expect(plainEntries(await readImportanceMatrix(bytes, 'x'))).toEqual([
      { name: 'a', sums: [1, 2], counts: [3] },
      { name: 'b', sums: [5], counts: [6] },
    ]);
  });
});

const text: GgufValue = { type: 'string', value: 'text' };

const badFiles: [what: string, bytes: () => Promise<Uint8Array>, code: string, message: string][] = [
  [
    'a model',
    () => ggufFile([sums, counts], { 'general.type': { type: 'string', value: 'model' } }),
    'no-importance-matrix',
    'found general.type "model", allowed "imatrix"',
  ],
  [
    'a file that does not say what it is',
    () => ggufFile([sums, counts], {}),
    'no-importance-matrix',
    'found no general.type',
  ],
  ['no entries', () => ggufFile([{ name: 'a.in_sum', values: [1] }]), 'empty', 'found 0'],
  ['no tensor at all', () => ggufFile([]), 'empty', 'found 0'],
  [
    'sums without counts',
    () => ggufFile([sums]),
    'unpaired-tensor',
    'tensor "a": the entry has no counts (allowed a tensor "a.counts")',
  ],
  ['counts without sums', () => ggufFile([counts]), 'unpaired-tensor', 'the entry has no sums'],
  [
    'sums of another type',
    () => ggufFile([{ ...sums, format: 'bf16' }, counts]),
    'wrong-type',
    'found bf16, allowed f32',
  ],
  [
    'counts of another type',
    () => ggufFile([sums, { ...counts, format: 'bf16' }]),
    'wrong-type',
    'the counts',
  ],
  [
    'counts that do not fit',
    () => ggufFile([sums, { ...counts, values: [1, 1, 1] }]),
    'wrong-length',
    'found 2 sums and 3 counts',
  ],
  ['half a row', () => ggufFile([sums, { ...counts, values: [0.5] }]), 'bad-count', 'found 0.5'],
  ['a negative count', () => ggufFile([sums, { ...counts, values: [-1] }]), 'bad-count', 'found -1'],
  ['a count of NaN', () => ggufFile([sums, { ...counts, values: [NaN] }]), 'bad-count', 'found NaN'],
  ['NaN', () => ggufFile([{ ...sums, values: [1, NaN] }, counts]), 'bad-value', 'value 1 of the entry'],
  [
    'infinity',
    () => ggufFile([{ ...sums, values: [Infinity, 1] }, counts]),
    'bad-value',
    'found Infinity from 3 rows',
  ],
  ['a negative sum', () => ggufFile([{ ...sums, values: [1, -1] }, counts]), 'bad-value', 'found -1'],
  [
    'sums of an expert that was never hit',
    () => ggufFile([sums, { ...counts, values: [3, 0] }]),
    'bad-value',
    'found 2 from 0 rows',
  ],
  [
    'chunks of no rows',
    () =>
      ggufFile([sums, counts], {
        'general.type': general,
        'imatrix.chunk_size': { type: 'uint32', value: 0 },
      }),
    'bad-count',
    'imatrix.chunk_size is out of range',
  ],
  [
    'half a chunk',
    () =>
      ggufFile([sums, counts], {
        'general.type': general,
        'imatrix.chunk_count': { type: 'float32', value: 0.5 },
      }),
    'bad-count',
    'imatrix.chunk_count',
  ],
  [
    'a number of chunks in words',
    () => ggufFile([sums, counts], { 'general.type': general, 'imatrix.chunk_count': text }),
    'wrong-metadata-type',
    'imatrix.chunk_count',
  ],
  [
    'texts that are no list',
    () => ggufFile([sums, counts], { 'general.type': general, 'imatrix.datasets': text }),
    'bad-name',
    'found string',
  ],
  [
    'a list of numbers for texts',
    () =>
      ggufFile([sums, counts], {
        'general.type': general,
        'imatrix.datasets': { type: 'array', value: ggufArray('uint8', [1]) },
      }),
    'bad-name',
    'found 1 of uint8',
  ],
  [
    'more texts than anyone has',
    () =>
      ggufFile([sums, counts], {
        'general.type': general,
        'imatrix.datasets': { type: 'array', value: ggufArray('string', Array<string>(4097).fill('')) },
      }),
    'bad-name',
    'found 4097 of string',
  ],
  ['the magic alone', () => Promise.resolve(new TextEncoder().encode('GGUF')), 'truncated', 'bad.gguf'],
];

describe('a bad file', () => {
  it.each(badFiles)('%s', async (_, bytes, code, message) => {
    await expect(readImportanceMatrix(await bytes(), 'bad.gguf')).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
    await expect(readImportanceMatrix(await bytes(), 'bad.gguf')).rejects.toThrow(/^bad\.gguf: /);
  });
});
