import { describe, expect, it } from 'vitest';
import {
  compilePattern,
  parseFtype,
  planRepacking,
  repackedFtype,
  type RepackingOptions,
  type SourceTensor,
} from '../src/index';

const tensors: readonly SourceTensor[] = [
  { name: 'token_embd.weight', dimensions: [256, 32], format: 'q4_K' },
  { name: 'blk.0.attn_norm.weight', dimensions: [256], format: 'f32' },
  { name: 'blk.0.attn_q.weight', dimensions: [256, 32], format: 'q4_K' },
  { name: 'blk.0.attn_v.weight', dimensions: [256, 34], format: 'q5_K' },
  { name: 'blk.0.ffn_down_exps.weight', dimensions: [256, 32, 4], format: 'iq4_ks' },
  { name: 'blk.0.ffn_up.weight', dimensions: [256, 32], format: 'iq6_k' },
  { name: 'output.weight', dimensions: [256, 32], format: 'bf16' },
];

function types(options: Partial<RepackingOptions>): string[] {
  const plan = planRepacking({ tensors, repacking: 'repack', only: [], ...options });
  return plan.tensors.map(({ format }) => format);
}

describe('planRepacking', () => {
  it('takes each type to its interleaved form, where rows can stand together and are not read one by one', () => {
    expect(types({})).toEqual(['q4_K', 'f32', 'q4_k_r4', 'q5_K', 'iq4_ks_r4', 'iq6_k', 'bf16']);
  });

  it('takes it back, and the forms that only other processors use', () => {
    const format = 'q4_0_8x8' as const;
    expect(types({ repacking: 'unpack', tensors: [{ name: 'a', dimensions: [64, 8], format }] })).toEqual([
      'q4_0',
    ]);
    const interleaved = planRepacking({ tensors, repacking: 'repack', only: [] }).tensors.map(
      ({ source, format }) => ({ ...source, format }),
    );
    expect(types({ repacking: 'unpack', tensors: interleaved })).toEqual(tensors.map(({ format }) => format));
  });

  it('looks at the names', () => {
    const only = [compilePattern('ffn', { file: 'test' })];
    expect(types({ only })).toEqual(['q4_K', 'f32', 'q4_K', 'q5_K', 'iq4_ks_r4', 'iq6_k', 'bf16']);
  });

  it('tells why a tensor stays as it is', () => {
    const { tensors: planned } = planRepacking({ tensors, repacking: 'repack', only: [] });
    expect(planned.map(({ reason }) => ('text' in reason ? reason.text : ''))).toEqual([
      'not q4_k_r4, whose rows cannot be read one by one',
      'f32 has no interleaved form',
      'the same weights, repacked',
      'not q5_k_r4, which interleaves 4 rows, while there are 34',
      'the same weights, repacked',
      'iq6_k has no interleaved form',
      'bf16 has no interleaved form',
    ]);
  });

  it.each([
    ['repack', tensors.slice(0, 2)],
    ['unpack', tensors],
    // The single rows of these are no type that a file can have.
    ['unpack', [{ name: 'a', dimensions: [256, 8], format: 'iq1_s_r4' }] as const],
  ] as const)('says so where there is nothing to %s', (repacking, some) => {
    expect(() => planRepacking({ tensors: some, repacking, only: [] })).toThrow(
      expect.objectContaining({ code: 'nothing-to-repack' }),
    );
  });
});

describe('repackedFtype', () => {
  it.each([
    ['Q4_K_S', 'Q4_K_R4', 'Q4_K_S'],
    ['Q4_K_M', 'Q4_K_R4', 'Q4_K_S'],
    ['IQ4_KS', 'IQ4_KS_R4', 'IQ4_KS'],
    ['IQ4_XS', 'IQ4_XS_R8', 'IQ4_XS'],
    ['IQ2_M', 'IQ2_M_R4', 'IQ2_M'],
    ['IQ3_S', 'IQ3_S_R4', 'IQ3_S'],
    ['Q2_K', 'Q2_K_R4', 'Q2_K'],
    ['Q4_0', 'Q4_0_R8', 'Q4_0'],
    ['Q8_KV', 'Q8_KV_R8', 'Q8_KV'],
    // As llama-quantize of ik_llama.cpp, which has no other name for them.
    ['IQ4_KSS', 'COPY', 'COPY'],
    ['BF16', 'COPY', 'COPY'],
  ])('%s', (name, repacked, unpacked) => {
    const interleaved = repackedFtype(parseFtype(name).id, 'repack');
    expect(interleaved.name).toBe(repacked);
    expect(repackedFtype(interleaved.id, 'unpack').name).toBe(unpacked);
  });

  it('leaves a number that it does not know', () => {
    expect(repackedFtype(undefined, 'repack').name).toBe('COPY');
    expect(repackedFtype(9999, 'unpack').name).toBe('COPY');
  });
});
