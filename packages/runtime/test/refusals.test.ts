import { ggufArray, type GgufFile, type GgufValue } from '@halftone/gguf-io';
import { openBackend, openDevice } from '@halftone/tensor-kernels';
import { describe, expect, test } from 'vitest';
import { architectureNames } from '../src/architectures/registry';
import { checkTensors, estimateMemory, loadModel, planModel } from '../src/index';
import {
  count,
  real,
  tinyFile,
  tinyHeader,
  tinyMetadata,
  tinyShape,
  tinyTensors,
  type TinyTensors,
} from './tiny-model';

const llama = tinyShape({ architecture: 'llama' });

function text(value: string): GgufValue {
  return { type: 'string', value };
}

/** A file whose metadata or tensors are changed. */
function changedFile(
  keys: Readonly<Record<string, GgufValue | undefined>>,
  change: (tensors: TinyTensors) => void = () => undefined,
  shape = llama,
): Promise<GgufFile> {
  const tensors = tinyTensors(shape);
  change(tensors);
  return tinyHeader(tinyMetadata(shape, keys), tensors);
}

describe('a model is refused before any of it is read', () => {
  test('as a header alone, with the bytes that it lacks', async () => {
    const file = await changedFile({});
    const last = file.tensors.reduce((end, one) => Math.max(end, one.byteOffset + one.byteLength), 0);
    const device = await openDevice('reference');
    await expect(loadModel(file, { device })).rejects.toMatchObject({
      code: 'no-tensor-data',
      message:
        `tiny.gguf: tensor "${file.tensors[0]?.name ?? ''}": the file is a header alone (found ${file.byteLength} bytes, ` +
        `allowed at least ${last}). It can be inspected and planned; to run the model, take the whole file.`,
    });
    await device.close();
  });

  test('for an architecture that there is no program for', async () => {
    const file = await changedFile({}, undefined, { ...llama, architecture: 'mamba' });
    expect(() => planModel(file)).toThrow(
      expect.objectContaining({
        code: 'unknown-architecture',
        message:
          'tiny.gguf: there is no program for the architecture of the model ' +
          `(found mamba, allowed ${architectureNames.join(', ')}).`,
      }),
    );
  });

  test.each<[string, Record<string, GgufValue | undefined>, string, RegExp]>([
    ['no number of layers', { block_count: undefined }, 'missing-key', /"llama.block_count"/],
    ['too many layers', { block_count: count(5000) }, 'bad-value', /found 5000, allowed .* 1 to 1024/],
    ['layers that are text', { block_count: text('2') }, 'wrong-metadata-type', /llama.block_count/],
    ['no heads', { 'attention.head_count': count(0) }, 'bad-value', /found 0/],
    [
      'heads that do not share keys evenly',
      { 'attention.head_count_kv': count(3) },
      'bad-value',
      /divisor of 4/,
    ],
    ['an odd number of turned values', { 'rope.dimension_count': count(7) }, 'bad-value', /even/],
    ['a base of 0', { 'rope.freq_base': real(0) }, 'bad-value', /above 0/],
    ['an infinite factor', { 'rope.scaling.factor': real(Infinity) }, 'bad-value', /Infinity/],
    ['another way to stretch', { 'rope.scaling.type': text('ntk') }, 'bad-value', /none, linear, yarn/],
    ['longrope', { 'rope.scaling.type': text('longrope') }, 'unsupported', /longrope/],
    ['a sliding window', { 'attention.sliding_window': count(4096) }, 'unsupported', /sliding_window.*4096/],
    [
      'attention that looks ahead',
      { 'attention.causal': { type: 'bool', value: false } },
      'unsupported',
      /causal/,
    ],
    [
      'more experts used than there are',
      { expert_count: count(2), expert_used_count: count(3) },
      'bad-value',
      /3/,
    ],
  ])('for %s', async (_, keys, code, message) => {
    const file = await changedFile(keys);
    expect(() => planModel(file)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as unknown }),
    );
  });

  test('for layers that differ', async () => {
    const heads = { type: 'array' as const, value: ggufArray('uint32', [2, 1]) };
    const file = await changedFile({ 'attention.head_count_kv': heads });
    expect(() => planModel(file)).toThrow(expect.objectContaining({ code: 'unsupported' }));
    const equal = { type: 'array' as const, value: ggufArray('uint32', [2, 2]) };
    expect(
      planModel(await changedFile({ 'attention.head_count_kv': equal })).hyperparameters.keyValueHeads,
    ).toBe(2);
  });

  test.each<[string, (tensors: TinyTensors) => void, string, RegExp]>([
    [
      'a missing tensor',
      (tensors) => tensors.delete('blk.1.attn_q.weight'),
      'missing-tensor',
      /blk\.1\.attn_q/,
    ],
    ['a missing embedding', (tensors) => tensors.delete('token_embd.weight'), 'missing-tensor', /token_embd/],
    [
      'a wrong shape',
      (tensors) => tensors.set('blk.0.ffn_up.weight', { dimensions: [32, 25], data: new Float32Array(800) }),
      'wrong-shape',
      /blk\.0\.ffn_up\.weight.*found 32 x 25, allowed 32 x 24/,
    ],
    [
      'a tensor that nothing is done with',
      (tensors) => tensors.set('blk.0.attn_q_norm.weight', { dimensions: [8], data: new Float32Array(8) }),
      'unsupported',
      /attn_q_norm/,
    ],
  ])('for %s', async (_, change, code, message) => {
    const file = await changedFile({}, change);
    expect(() => planModel(file)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as unknown }),
    );
  });

  test('for a vocabulary that does not fit', async () => {
    const metadata = tinyMetadata(llama);
    const tokens = Array.from({ length: 41 }, (_, token) => `<${token}>`);
    metadata.set('tokenizer.ggml.tokens', { type: 'array', value: ggufArray('string', tokens) });
    const file = await tinyHeader(metadata, tinyTensors(llama));
    expect(() => planModel(file)).toThrow(
      expect.objectContaining({
        code: 'wrong-vocabulary',
        message: expect.stringMatching(/found 41 tokens, allowed 40/) as unknown,
      }),
    );
  });

  test('for too little memory', async () => {
    const shape = tinyShape({
      architecture: 'qwen3moe',
      headNorms: true,
      experts: { count: 4, used: 2, feedForward: 16 },
    });
    const tensors = tinyTensors(shape);
    const file = await tinyFile(tinyMetadata(shape), tensors);
    const session = { contextLength: 32, batchSize: 8, cacheFormat: 'f16' } as const;
    const { weights, cache, buffers, total } = estimateMemory(planModel(file), session);
    expect(weights).toBe([...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0));
    // 2 layers of 32 cells with 2 heads of 8 for keys and as many for values, 2 bytes each.
    expect(cache).toBe(2 * 32 * 2 * 2 * 8 * 2);
    expect(total).toBe(weights + cache + buffers);
    const device = await openDevice('reference');
    const load = (availableMemory: number) => loadModel(file, { device, availableMemory, session });
    await expect(load(total - 1)).rejects.toMatchObject({ code: 'out-of-memory' });
    const model = await load(total);
    const longer = { ...session, contextLength: 33 };
    expect(() => model.openSession(longer)).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
    await model.openSession(session).close();
    await device.close();
  });
});

describe('weights that are not finite', () => {
  test('are refused in small tensors when the model is loaded', async () => {
    const tensors = tinyTensors(llama);
    tensors.get('blk.1.ffn_norm.weight')?.data.fill(NaN, 5, 6);
    const file = await tinyFile(tinyMetadata(llama), tensors);
    const device = await openDevice('reference');
    await expect(loadModel(file, { device })).rejects.toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(/blk\.1\.ffn_norm\.weight.*NaN at place 5/) as unknown,
    });
    await device.close();
  });

  test('are found everywhere by checkTensors', async () => {
    const tensors = tinyTensors(llama);
    const good = await tinyFile(tinyMetadata(llama), tensors);
    const backend = await openBackend('reference');
    const seen: string[] = [];
    await checkTensors(good, backend, { onProgress: ({ tensor }) => seen.push(tensor) });
    expect(seen).toEqual([...tensors.keys()]);
    tensors.get('blk.1.ffn_down.weight')?.data.fill(-Infinity, 40, 41);
    const bad = await tinyFile(tinyMetadata(llama), tensors);
    await expect(checkTensors(bad, backend)).rejects.toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(/blk\.1\.ffn_down\.weight.*-Infinity at place 40/) as unknown,
    });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(checkTensors(good, backend, { signal })).rejects.toThrow('enough');
  });
});
