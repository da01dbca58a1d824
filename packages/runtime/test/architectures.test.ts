import { openDevice } from '@halftone/tensor-kernels';
import { expect, test } from 'vitest';
import { loadModel } from '../src/index';
import { plainLogits, type PlainPositions } from './plain-model';
import { count, real, tinyFile, tinyMetadata, tinyShape, tinyTensors, type TinyShape } from './tiny-model';
import type { GgufValue } from '@halftone/gguf-io';

/** Logits of these models are of size 1; the runtime holds activations in 32-bit floats. */
const TOLERANCE = 2e-5;

const tokens = Array.from({ length: 40 }, (_, place) => (place * place * 7 + 3 * place) % 40);

interface Case {
  readonly name: string;
  readonly shape: TinyShape;
  readonly metadata?: Record<string, GgufValue>;
  readonly positions?: PlainPositions;
}

const yarn = { factor: 4, originalContext: 8, betaFast: 32, betaSlow: 1 };
const yarnMetadata: Record<string, GgufValue> = {
  'rope.scaling.type': { type: 'string', value: 'yarn' },
  'rope.scaling.factor': real(4),
  'rope.scaling.original_context_length': count(8),
};

const cases: Case[] = [
  { name: 'llama', shape: tinyShape({ architecture: 'llama' }) },
  {
    name: 'llama with a tied embedding, biases and divisors of its frequencies',
    shape: tinyShape({
      architecture: 'llama',
      isTied: true,
      biases: ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'],
      divisors: [1, 1.5, 4, 8],
    }),
  },
  {
    name: 'llama with linear scaling',
    shape: tinyShape({ architecture: 'llama' }),
    metadata: { 'rope.scaling.factor': real(2) },
    positions: { linearFactor: 2 },
  },
  {
    name: 'llama with experts',
    shape: tinyShape({ architecture: 'llama', experts: { count: 4, used: 2, feedForward: 24 } }),
  },
  {
    name: 'llama whose keys and values have other lengths',
    shape: tinyShape({ architecture: 'llama', keyLength: 8, valueLength: 12, keyValueHeads: 1 }),
  },
  {
    name: 'mistral3 with YaRN and temperature, past the original context',
    shape: tinyShape({ architecture: 'mistral3', keyLength: 16, ropeBase: 50 }),
    metadata: {
      ...yarnMetadata,
      'rope.scaling.yarn_log_multiplier': real(1),
      'attention.temperature_scale': real(0.5),
    },
    positions: {
      yarn: { ...yarn, attentionFactor: 1 },
      temperature: { beta: 0.5, originalContext: 8 },
    },
  },
  {
    name: 'mistral3 with YaRN that says nothing of its magnitude',
    shape: tinyShape({ architecture: 'mistral3', keyLength: 16, ropeBase: 50 }),
    metadata: {
      ...yarnMetadata,
      'rope.scaling.yarn_beta_fast': real(0.5),
      'rope.scaling.yarn_beta_slow': real(0.125),
    },
    positions: { yarn: { ...yarn, betaFast: 0.5, betaSlow: 0.125, attentionFactor: 0.1 * Math.log(4) + 1 } },
  },
  {
    name: 'mistral3 in the spelling of older writers',
    shape: tinyShape({ architecture: 'mistral3', keyLength: 16, ropeBase: 50 }),
    metadata: {
      ...yarnMetadata,
      'rope.scaling.beta_fast': real(2),
      'rope.scaling.beta_slow': real(0.25),
      'rope.scaling.mscale': real(1),
      'rope.scaling.mscale_all_dim': real(0.5),
      'rope.scaling_beta': real(0.25),
    },
    positions: {
      yarn: {
        ...yarn,
        betaFast: 2,
        betaSlow: 0.25,
        attentionFactor: (0.1 * Math.log(4) + 1) / (0.1 * 0.5 * Math.log(4) + 1),
      },
      temperature: { beta: 0.25, originalContext: 8 },
    },
  },
  {
    name: 'qwen2',
    shape: tinyShape({ architecture: 'qwen2', pairing: 'halves', biases: ['attn_q', 'attn_k', 'attn_v'] }),
  },
  {
    name: 'qwen3',
    shape: tinyShape({
      architecture: 'qwen3',
      pairing: 'halves',
      headNorms: true,
      isTied: true,
      keyLength: 16,
    }),
  },
  {
    name: 'qwen3moe',
    shape: tinyShape({
      architecture: 'qwen3moe',
      pairing: 'halves',
      headNorms: true,
      experts: { count: 8, used: 3, feedForward: 16 },
    }),
  },
];

test.each(cases)('$name: logits are those of the formulas', async ({ shape, metadata, positions }) => {
  const tensors = tinyTensors(shape);
  const file = await tinyFile(tinyMetadata(shape, metadata), tensors);
  const device = await openDevice('reference');
  const model = await loadModel(file, { device });
  const session = model.openSession({ contextLength: 64, batchSize: 16, cacheFormat: 'f32' });
  const [rows = []] = await session.step([{ sequence: session.createSequence(), tokens, logits: 'all' }]);
  const expected = plainLogits(shape, tensors, tokens, positions);
  expect(rows).toHaveLength(tokens.length);
  for (const [place, row] of rows.entries()) {
    for (const [token, logit] of row.entries()) {
      expect(Math.abs(logit - (expected[place]?.[token] ?? NaN))).toBeLessThan(TOLERANCE);
    }
  }
  await session.close();
  model.close();
  await device.close();
});
