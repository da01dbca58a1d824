import { describe, expect, it } from 'vitest';
import { parseFtype, type ModelShape, type SourceTensor } from '../src/index';
import { DefaultTypes } from '../src/plan/default-types';
import { dense, tensor } from './models';

const experts: ModelShape = { ...dense, architecture: 'qwen3moe', expertCount: 8 };
const ownHeads: ModelShape = { ...dense, keyValueHeadCount: 32 };

interface Given {
  readonly ftype: string;
  readonly model?: ModelShape;
  readonly hasOutput?: boolean;
  readonly hasImportance?: boolean;
}

/** The default types of tensors, in order. */
function typesOf(tensors: readonly (string | SourceTensor)[], given: Given): string[] {
  const ftype = parseFtype(given.ftype);
  const { model = dense, hasOutput = true, hasImportance = true } = given;
  const asked = tensors.map((one) => (typeof one === 'string' ? tensor(one) : one));
  const defaults = new DefaultTypes({
    ftype,
    main: ftype.mainType ?? 'f32',
    model,
    tensors: hasOutput ? [...asked, tensor('output.weight')] : asked,
    candidates: asked,
    named: new Set(),
    hasImportance,
  });
  return asked.map((one) => defaults.of(one).type);
}

/** What llama_tensor_get_type of ik_llama.cpp gives, read from its source. */
describe('a model without experts', () => {
  const names = [
    'token_embd.weight',
    'output.weight',
    'blk.0.attn_q.weight',
    'blk.0.attn_k.weight',
    'blk.0.attn_v.weight',
    'blk.0.attn_output.weight',
    'blk.0.ffn_up.weight',
  ];

  it.each([
    ['IQ4_KSS', ['iq4_kss', 'q6_K', 'iq4_kss', 'iq4_kss', 'iq5_k', 'iq4_kss', 'iq4_kss']],
    ['IQ4_KS', ['iq4_ks', 'q6_K', 'iq4_ks', 'iq4_ks', 'iq5_k', 'iq4_ks', 'iq4_ks']],
    ['IQ4_K', ['iq4_k', 'q6_K', 'iq4_k', 'iq4_k', 'iq5_k', 'iq4_k', 'iq4_k']],
    ['IQ4_NL', ['iq4_nl', 'q6_K', 'iq4_nl', 'iq4_nl', 'iq5_k', 'iq4_nl', 'iq4_nl']],
    ['IQ6_K', ['iq6_k', 'iq6_k', 'iq6_k', 'iq6_k', 'iq6_k', 'iq6_k', 'iq6_k']],
    ['Q6_K', ['q6_K', 'q6_K', 'q6_K', 'q6_K', 'q6_K', 'q6_K', 'q6_K']],
    ['Q8_0', ['q8_0', 'q8_0', 'q8_0', 'q8_0', 'q8_0', 'q8_0', 'q8_0']],
    ['Q5_0', ['q5_0', 'q6_K', 'q5_0', 'q5_0', 'q5_0', 'q5_0', 'q5_0']],
    ['Q6_0', ['q6_0', 'q6_K', 'q6_0', 'q6_0', 'q6_0', 'q6_0', 'q6_0']],
  ])('%s', (ftype, types) => {
    expect(typesOf(names, { ftype })).toEqual(types);
  });

  it('that has no heads in common keeps the main type for attn_v', () => {
    expect(typesOf(['blk.0.attn_v.weight'], { ftype: 'IQ4_KSS', model: ownHeads })).toEqual(['iq4_kss']);
    const withoutHeads = { ...dense, keyValueHeadCount: 0 };
    expect(typesOf(['blk.0.attn_v.weight'], { ftype: 'IQ4_KSS', model: withoutHeads })).toEqual(['iq4_kss']);
  });

  it('that ik_llama.cpp knows as 70B keeps the main type for attn_v', () => {
    const llama = { ...dense, architecture: 'llama', layerCount: 80 };
    expect(typesOf(['blk.0.attn_v.weight'], { ftype: 'IQ4_KSS', model: llama })).toEqual(['iq4_kss']);
    expect(
      typesOf(['blk.0.attn_v.weight'], { ftype: 'IQ4_KSS', model: { ...llama, layerCount: 40 } }),
    ).toEqual(['iq5_k']);
  });

  it('takes attn_qkv for queries', () => {
    expect(typesOf(['blk.0.attn_qkv.weight'], { ftype: 'IQ4_KSS' })).toEqual(['iq4_kss']);
  });
});

describe('the output matrix', () => {
  it.each([
    ['IQ4_KSS', 'iq5_k'],
    ['IQ4_KS', 'iq5_k'],
    ['IQ4_K', 'q6_K'],
    ['IQ4_NL', 'q6_K'],
    ['Q5_0', 'q6_K'],
    ['IQ6_K', 'iq6_k'],
    ['Q8_0', 'q8_0'],
  ])('%s: a token embedding that is both gets %s', (ftype, type) => {
    expect(typesOf(['token_embd.weight'], { ftype, hasOutput: false })).toEqual([type]);
  });

  it('gets q8_0 where its rows are no multiple of 256, and in Falcon', () => {
    expect(typesOf([tensor('output.weight', [288, 64])], { ftype: 'Q6_0' })).toEqual(['q8_0']);
    expect(
      typesOf(['output.weight'], { ftype: 'IQ4_K', model: { ...dense, architecture: 'falcon' } }),
    ).toEqual(['q8_0']);
  });
});

describe('ffn_down in the first eighth of the layers', () => {
  const layers = Array.from({ length: 16 }, (_, layer) => `blk.${layer}.ffn_down.weight`);
  const expectEarly = (given: Given, early: string, main: string): void => {
    expect(typesOf(layers, given)).toEqual([
      ...Array<string>(2).fill(early),
      ...Array<string>(14).fill(main),
    ]);
  };

  it.each(['IQ4_KSS', 'IQ4_KS', 'IQ4_NL'])('%s: q5_K without an importance matrix', (ftype) => {
    expectEarly({ ftype, hasImportance: false }, 'q5_K', ftype.toLowerCase());
    expectEarly({ ftype, hasImportance: true }, ftype.toLowerCase(), ftype.toLowerCase());
  });

  it('Q5_0: q5_1 with an importance matrix', () => {
    expectEarly({ ftype: 'Q5_0', hasImportance: true }, 'q5_1', 'q5_0');
    expectEarly({ ftype: 'Q5_0', hasImportance: false }, 'q5_0', 'q5_0');
  });

  it.each(['IQ4_K', 'IQ6_K', 'Q6_K', 'Q8_0', 'Q6_0'])('%s: nothing special', (ftype) => {
    const main = parseFtype(ftype).mainType ?? '';
    expectEarly({ ftype, hasImportance: false }, main, main);
    expectEarly({ ftype, hasImportance: true }, main, main);
  });

  it('is counted in the order of the file without experts, and read from the name with them', () => {
    const shuffled = [
      'blk.9.ffn_down.weight',
      'blk.8.ffn_down.weight',
      'blk.0.ffn_down.weight',
      'mtp.ffn_down.weight',
    ];
    const given = { ftype: 'IQ4_KSS', hasImportance: false };
    expect(typesOf(shuffled, given)).toEqual(['q5_K', 'q5_K', 'iq4_kss', 'iq4_kss']);
    expect(typesOf(shuffled, { ...given, model: experts })).toEqual([
      'iq4_kss',
      'iq4_kss',
      'q5_K',
      'iq4_kss',
    ]);
  });
});

describe('a model with experts', () => {
  const names = [
    'output.weight',
    'blk.3.attn_q.weight',
    'blk.3.attn_k.weight',
    'blk.3.attn_v.weight',
    'blk.3.attn_output.weight',
    'blk.3.ffn_gate_exps.weight',
    'blk.3.ffn_down_exps.weight',
  ];

  it.each([
    ['IQ4_KSS', ['q6_K', 'iq4_kss', 'q8_0', 'q8_0', 'q5_K', 'iq4_kss', 'iq4_kss']],
    ['IQ4_KS', ['q6_K', 'iq4_ks', 'q8_0', 'q8_0', 'q5_K', 'iq4_ks', 'iq4_ks']],
    ['IQ4_K', ['q6_K', 'iq4_k', 'q8_0', 'q8_0', 'q5_K', 'iq4_k', 'iq4_k']],
    ['IQ4_NL', ['q6_K', 'iq4_nl', 'q8_0', 'q8_0', 'q5_K', 'iq4_nl', 'iq4_nl']],
    ['IQ6_K', ['iq6_k', 'iq6_k', 'q8_0', 'q8_0', 'iq6_k', 'iq6_k', 'iq6_k']],
    ['Q6_0', ['q6_K', 'q6_0', 'q8_0', 'q8_0', 'q6_0', 'q6_0', 'q6_0']],
  ])('%s', (ftype, types) => {
    expect(typesOf(names, { ftype, model: experts })).toEqual(types);
  });

  it('fewer than four are like none', () => {
    const given = { ftype: 'IQ4_KSS', model: { ...experts, expertCount: 3 } };
    expect(typesOf(names.slice(2, 5), given)).toEqual(['iq4_kss', 'iq5_k', 'iq4_kss']);
  });
});

it('MXFP4_MOE of llama.cpp takes all that is no expert for what needs 8 bits', () => {
  const names = ['blk.1.ffn_down_exps.weight', 'blk.1.attn_k_b.weight', 'blk.1.ffn_up.weight'];
  const [experts3d, attention3d, flat] = names.map((name) =>
    tensor(name, name.includes('up') ? [256, 64] : [256, 64, 8]),
  ) as [SourceTensor, SourceTensor, SourceTensor];
  const ask = (architecture: string): string[] =>
    typesOf([experts3d, attention3d, flat], {
      ftype: 'MXFP4_MOE',
      model: { ...dense, architecture, expertCount: 8 },
    });
  expect(ask('deepseek2')).toEqual(['mxfp4', 'mxfp4', 'q8_0']);
  expect(ask('bailingmoe3')).toEqual(['mxfp4', 'q8_0', 'q8_0']);
});

it('says which default it was', () => {
  const ftype = parseFtype('IQ4_KSS');
  const defaults = new DefaultTypes({
    ftype,
    main: 'iq4_kss',
    model: dense,
    tensors: [tensor('output.weight')],
    candidates: [],
    named: new Set(),
    hasImportance: true,
  });
  const texts = ['output.weight', 'blk.0.ffn_up.weight'].map((name) => defaults.of(tensor(name)).text);
  expect(texts).toEqual(['output of IQ4_KSS', 'main type of IQ4_KSS']);
});

describe('a model whose metadata tells nothing', () => {
  const unknown: ModelShape = {
    architecture: undefined,
    layerCount: undefined,
    headCount: 0,
    keyValueHeadCount: 0,
    expertCount: 0,
    vocabularyLength: 0,
    embeddingLength: 0,
  };

  it('has the main type where no fact is needed', () => {
    const names = ['blk.0.attn_v.weight', 'blk.0.ffn_down.weight'];
    expect(typesOf(names, { ftype: 'IQ4_KSS', model: unknown })).toEqual(['iq4_kss', 'iq4_kss']);
  });

  it('is refused where a default depends on the number of layers', () => {
    const given = { ftype: 'IQ4_KSS', model: unknown, hasImportance: false };
    expect(() => typesOf(['blk.0.ffn_down.weight'], given)).toThrow(
      expect.objectContaining({ code: 'missing-layer-count' }),
    );
  });
});
