import { MemorySink, MemorySource, openGguf, type GgufFile } from '@halftone/gguf-io';
import { openFileSource } from '@halftone/gguf-io/node';
import { demoModel } from '@halftone/demo-model';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../make-model.mjs';

const size = { layers: 2, embedding: 256, feedForward: 512, heads: 4, headLength: 32, keyValueHeads: 2 };

let demo: GgufFile;

beforeAll(async () => {
  demo = await openGguf(await openFileSource(fileURLToPath(demoModel.model)));
  return () => demo.close();
});

async function modelBytes(seed: number): Promise<Uint8Array> {
  const sink = new MemorySink();
  await writeModel(sink, size, demo.metadata, seed);
  if (sink.bytes === undefined) throw new Error('the model was not finished');
  return sink.bytes;
}

async function checksum(seed: number): Promise<string> {
  return createHash('sha256')
    .update(await modelBytes(seed))
    .digest('hex');
}

/** BF16 weights of one matrix as numbers. */
async function weightsOf(file: GgufFile, name: string): Promise<Float32Array> {
  const tensor = file.tensors.find((one) => one.name === name);
  if (tensor === undefined) throw new Error(`no tensor ${name}`);
  const bytes = await file.readTensorBytes(tensor);
  const bits = Uint32Array.from({ length: bytes.length / 2 }, (_, index) => {
    return ((bytes[2 * index] ?? 0) << 16) | ((bytes[2 * index + 1] ?? 0) << 24);
  });
  return new Float32Array(bits.buffer);
}

function meanSquare(weights: Float32Array, column: number, columns: number): number {
  let sum = 0;
  for (let index = column; index < weights.length; index += columns) sum += (weights[index] ?? 0) ** 2;
  return (sum * columns) / weights.length;
}

describe('writeModel', () => {
  it('writes a readable model of the shape it was asked for, with the tokenizer of its example', async () => {
    const file = await openGguf(new MemorySource(await modelBytes(1)));
    const shapes = new Map(file.tensors.map(({ name, dimensions }) => [name, dimensions]));
    expect(shapes.size).toBe(2 * 9 + 3);
    expect(shapes.get('blk.1.attn_q.weight')).toEqual([256, 128]);
    expect(shapes.get('blk.1.attn_k.weight')).toEqual([256, 64]);
    expect(shapes.get('blk.1.ffn_down.weight')).toEqual([512, 256]);
    expect(shapes.get('output.weight')).toEqual([256, 8192]);
    expect([...file.metadata.keys()]).toEqual([...demo.metadata.keys()]);
    expect(file.metadata.get('mistral3.block_count')).toEqual({ type: 'uint32', value: 2 });
  });

  it('has the tensor names of the model it resembles', async () => {
    const file = await openGguf(new MemorySource(await modelBytes(1)));
    const firstLayers = demo.tensors.filter(({ name }) => !/^blk\.[2-7]\./.test(name));
    expect(new Set(file.tensors.map(({ name }) => name))).toEqual(
      new Set(firstLayers.map(({ name }) => name)),
    );
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const first = await checksum(1);
    expect(await checksum(1)).toBe(first);
    expect(await checksum(2)).not.toBe(first);
  });

  it('has weights like those of a trained matrix: finite, around 0, with columns that are outliers', async () => {
    const file = await openGguf(new MemorySource(await modelBytes(1)));
    const weights = await weightsOf(file, 'blk.0.ffn_down.weight');
    const meanSquares = Array.from({ length: 512 }, (_, column) => meanSquare(weights, column, 512)).toSorted(
      (a, b) => a - b,
    );
    const deviation = Math.sqrt(512 * (meanSquares[256] ?? 0));
    expect(weights.every(Number.isFinite)).toBe(true);
    expect(Math.abs(weights.reduce((sum, value) => sum + value, 0) / weights.length)).toBeLessThan(0.001);
    expect(deviation).toBeGreaterThan(0.8);
    expect(deviation).toBeLessThan(1.25);
    expect(meanSquares.at(-1)).toBeGreaterThan(10 * (meanSquares[256] ?? 0));
  });
});
