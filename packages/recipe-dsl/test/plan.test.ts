import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  parseFtype,
  parseRecipe,
  planQuantization,
  requireWritable,
  withTypeOptions,
  type Plan,
  type PlanOptions,
  type SourceTensor,
  type TypeName,
} from '../src/index';
import { formats } from '@halftone/quant-formats';
import { dense, devstral, tensor } from './models';

const published = readFileSync(new URL('fixtures/devstral-small-2-iq4_kss.recipe', import.meta.url), 'utf8');

interface Given extends Omit<Partial<PlanOptions>, 'recipe' | 'ftype'> {
  readonly tensors: readonly SourceTensor[];
  readonly recipe?: string;
  readonly ftype?: string;
}

function plan({ recipe, ftype = 'Q6_K', ...options }: Given): Plan {
  return planQuantization({
    model: dense,
    hasImportance: true,
    ...options,
    ftype: parseFtype(ftype),
    recipe: recipe === undefined ? undefined : parseRecipe(recipe, 'my.recipe'),
  });
}

/** `name format reason`, where the reason is a line, or a word. */
function summary({ tensors }: Plan): string[] {
  return tensors.map(({ source, format, reason }) => {
    const why = reason.kind === 'rule' ? `line ${reason.rule.line}` : `${reason.kind}: ${reason.text}`;
    return `${source.name} ${format} ${why}`;
  });
}

describe('Devstral-Small-2-24B with the published recipe', () => {
  const { model, tensors } = devstral();
  const result = plan({ model, tensors, recipe: published, ftype: 'IQ4_KSS', strict: true });

  it('has the published size', () => {
    const { weights, bytes, sourceBytes, bitsPerWeight } = result.totals;
    expect({ weights, bytes, sourceBytes }).toEqual({
      weights: 23_572_403_200,
      bytes: 12_958_945_280,
      sourceBytes: 47_145_635_840,
    });
    expect((bytes / 2 ** 30).toFixed(3)).toBe('12.069');
    expect(bitsPerWeight.toFixed(3)).toBe('4.398');
  });

  it('has every tensor in the order of the file, quantized by a rule or kept', () => {
    expect(result.tensors.map(({ source }) => source)).toEqual(tensors);
    const kinds = result.tensors.map(({ reason }) => reason.kind);
    expect(kinds.filter((kind) => kind === 'rule')).toHaveLength(40 * 7 + 2);
    expect(kinds.filter((kind) => kind === 'kept')).toHaveLength(40 * 2 + 1);
    expect(result.unusedRules).toEqual([]);
  });

  it('counts the prefix of each row', () => {
    const gate = result.tensors.find(({ source }) => source.name === 'blk.0.ffn_gate.weight');
    expect(gate).toMatchObject({
      format: 'iq4_kss',
      weights: 5120 * 32768,
      bytes: 32768 * (4 + (128 * 5120) / 256),
    });
    expect(gate?.bitsPerWeight).toBe(4.00625);
  });

  it('leaves attn_v its default, iq5_k, without the recipe', () => {
    const attention = plan({ model, tensors, ftype: 'IQ4_KSS' }).tensors.filter(({ source }) =>
      source.name.endsWith('attn_v.weight'),
    );
    expect(new Set(attention.map(({ format }) => format))).toEqual(new Set(['iq5_k']));
  });
});

describe('rules', () => {
  it('win over defaults; the first match wins, anywhere in the name, case counts', () => {
    const tensors = [
      tensor('blk.0.attn_q.weight'),
      tensor('blk.0.ATTN_Q.weight'),
      tensor('blk.1.attn_q.weight'),
    ];
    expect(summary(plan({ tensors, recipe: '\\.1\\.=q8_0\nattn_q=iq4_k' }))).toEqual([
      'blk.0.attn_q.weight iq4_k line 2',
      'blk.0.ATTN_Q.weight q6_K default: main type of Q6_K',
      'blk.1.attn_q.weight q8_0 line 1',
    ]);
  });

  it('may name a type that a rule alone can ask for, with a plain file type too', () => {
    const tensors = [tensor('blk.0.attn_q.weight'), tensor('blk.0.attn_k.weight')];
    expect(summary(plan({ tensors, recipe: 'attn_q=f32', ftype: 'F16' }))).toEqual([
      'blk.0.attn_q.weight f32 line 1',
      'blk.0.attn_k.weight f16 default: main type of F16',
    ]);
  });

  it('are tried on the whole name', () => {
    const tensors = [tensor('output.weight'), tensor('blk.0.attn_output.weight')];
    expect(summary(plan({ tensors, recipe: '^output=q8_0' }))[1]).toBe(
      'blk.0.attn_output.weight q6_K default: main type of Q6_K',
    );
  });
});

describe('tensors that are kept', () => {
  it.each([
    ['blk.0.attn_q.bias', [256, 64], 'not a weight'],
    ['rope_freqs.weight', [64], 'a vector'],
    ['blk.0.shift.weight', [256, 1, 1], 'a vector'],
    ['blk.0.attn_norm.weight', [256], 'a norm'],
    ['blk.0.attn_q_norm.weight', [64, 32], 'a norm'],
    ['blk.0.ffn_gate_inp.weight', [256, 8], 'a router of experts'],
    ['position_embd.weight', [256, 64], 'a table of positions'],
    ['token_types.weight', [256, 2], 'a table of token types'],
    ['blk.0.ssm_conv1d.weight', [4, 256], 'a small matrix of a state-space layer'],
    ['blk.0.attn_rel_b.weight', [32, 32], 'a relative position bias'],
  ])('%s', (name, dimensions, why) => {
    const result = plan({ tensors: [tensor(name, dimensions)], recipe: '.*=q8_0' });
    expect(summary(result)).toEqual([`${name} bf16 kept: ${why}`]);
    expect(result.totals.bytes).toBe(result.totals.sourceBytes);
  });

  it.each([
    ['blk.0.ffn_gate_inp_shexp.weight', [256, 64]],
    ['position_embd.weight.weight', [256, 64]],
    ['blk.0.ffn_up_exps.weight', [256, 64, 8]],
    ['one_row.weight', [256, 1, 2]],
  ])('%s is not one of them', (name, dimensions) => {
    expect(plan({ tensors: [tensor(name, dimensions)] }).tensors[0]?.format).toBe('q6_K');
  });

  it('have their type already', () => {
    const tensors = [tensor('a.weight'), { ...tensor('b.weight'), format: 'q8_0' as const }];
    expect(summary(plan({ tensors, recipe: 'a=bf16\nb=q8_0', strict: true }))).toEqual([
      'a.weight bf16 kept: bf16 already',
      'b.weight q8_0 kept: q8_0 already',
    ]);
  });

  it('are all, with COPY', () => {
    const result = plan({ tensors: [tensor('a.weight')], recipe: 'a=q8_0', ftype: 'COPY' });
    expect(summary(result)).toEqual(['a.weight bf16 kept: COPY keeps every tensor']);
    expect(result.unusedRules[0]?.why).toBe(
      'it matches only tensors that are always kept, such as a.weight (COPY keeps every tensor)',
    );
  });
});

describe('a tensor that is quantized already', () => {
  const tensors = [{ ...tensor('a.weight'), format: 'q8_0' as const }];

  it('is refused', () => {
    expect(() => plan({ tensors })).toThrow(
      expect.objectContaining({
        code: 'requantize',
        message:
          'tensor "a.weight": the tensor is quantized already, and each time costs quality (found q8_0, allowed f32, f16, bf16). ' +
          'Start from the unquantized model, or allow it with --allow-requantize.',
      }),
    );
  });

  it('is quantized again when that is allowed', () => {
    expect(plan({ tensors, allowRequantize: true }).tensors[0]).toMatchObject({
      format: 'q6_K',
      sourceBytes: 64 * 272,
    });
  });
});

describe('rows that the type does not divide', () => {
  const tensors = [tensor('a.weight', [288, 4]), tensor('b.weight', [300, 4]), tensor('c.weight', [256, 4])];

  it('get another type, which is recorded with the wanted one', () => {
    const { tensors: planned } = plan({ tensors, recipe: '.*=iq4_kss' });
    expect(planned.map(({ format, fallback }) => [format, fallback?.from])).toEqual([
      ['iq4_nl', 'iq4_kss'],
      ['f16', 'iq4_kss'],
      ['iq4_kss', undefined],
    ]);
    expect(planned[0]).toMatchObject({ reason: { kind: 'rule' }, bytes: 4 * 9 * 18 });
    expect(planned[2]).not.toHaveProperty('fallback');
  });

  it('get one in the place of a default too', () => {
    const result = plan({ tensors: [tensor('blk.0.attn_v.weight', [288, 4])], ftype: 'IQ4_KSS' });
    expect(result.tensors[0]).toMatchObject({
      format: 'q6_0',
      fallback: { from: 'iq5_k', why: 'whose blocks do not divide a row of 288' },
      reason: { kind: 'default', text: 'attn_v of IQ4_KSS (gqa>=2)' },
    });
  });

  it('are an error in a strict plan', () => {
    expect(() => plan({ tensors, strict: true })).toThrow(
      'tensor "a.weight": the type does not fit the tensor, q8_0 would take its place (found q6_K, whose blocks do not divide a row of 288, allowed q8_0). ' +
        'Name a type that fits in a rule, or plan without strict.',
    );
  });
});

describe('rules that decide nothing', () => {
  const tensors = [
    tensor('blk.0.attn_norm.weight', [256]),
    tensor('blk.0.attn_q.weight'),
    tensor('blk.0.attn_k.weight'),
  ];

  it.each([
    ['attn_[qk]=q8_0\nattn_z=q8_0', 2, 'it matches no tensor'],
    [
      'attn_q=q8_0\n_norm=f32',
      2,
      'it matches only tensors that are always kept, such as blk.0.attn_norm.weight (a norm)',
    ],
    [
      'attn=q8_0\nattn_q=q6_K',
      2,
      'earlier rules take all tensors that it matches: line 1 takes blk.0.attn_q.weight',
    ],
    [
      'attn_q=q8_0\nattn_q=q8_0',
      2,
      'earlier rules take all tensors that it matches: line 1 takes blk.0.attn_q.weight',
    ],
  ])('%j', (recipe, line, why) => {
    expect(plan({ tensors, recipe }).unusedRules).toEqual([expect.objectContaining({ line, why })]);
    expect(() => plan({ tensors, recipe, strict: true })).toThrow(
      expect.objectContaining({
        code: 'unused-rules',
        facts: expect.objectContaining({ line }) as unknown,
        message: expect.stringContaining(why) as unknown,
      }),
    );
  });

  it('are none where each rule decides a tensor', () => {
    expect(plan({ tensors, recipe: 'attn_q=q8_0\nattn=q6_K', strict: true }).unusedRules).toEqual([]);
  });
});

describe('odd models', () => {
  it('of no tensors have a plan of nothing', () => {
    expect(plan({ tensors: [] })).toEqual({
      tensors: [],
      unusedRules: [],
      totals: { weights: 0, bytes: 0, sourceBytes: 0, bitsPerWeight: 0 },
    });
  });

  it('may have a pattern that was never read from text', () => {
    const recipe = { source: 'made', rules: [{ pattern: '(', format: 'q8_0' as const, line: 1 }], notes: [] };
    const options = { tensors: [], model: dense, ftype: parseFtype('Q8_0'), hasImportance: false };
    expect(() => planQuantization({ ...options, recipe })).toThrow(/^made, line 1: the pattern "\("/);
  });
});

describe('rows that are interleaved', () => {
  it.each([
    ['blk.0.attn_q.weight', 64, 'q4_k_r4', undefined],
    ['blk.0.attn_q.weight', 62, 'q4_K', 'which interleaves 4 rows, while there are 62'],
    ['token_embd.weight', 64, 'q4_K', 'whose rows cannot be read one by one'],
  ])('%s of %i rows: %s', (name, rows, format, why) => {
    const { tensors: planned } = plan({ tensors: [tensor(name, [256, rows])], recipe: '.*=q4_k_r4' });
    expect(planned[0]?.format).toBe(format);
    expect(planned[0]?.fallback).toEqual(why === undefined ? undefined : { from: 'q4_k_r4', why });
  });
});

describe('requireWritable', () => {
  const names = ['blk.0.ffn_up.weight', 'blk.1.ffn_up.weight', 'output.weight'];
  const ternary = names.map((name) => ({ ...tensor(name), format: formats.i2_s.name }));

  it('gives back a plan in which everything can be written', () => {
    const whole = plan({ tensors: names.map((name) => tensor(name)) });
    expect(requireWritable(whole)).toEqual(whole);
  });

  it.each<[string, Parameters<typeof plan>[0], why: string, advice: string]>([
    [
      'names the rule that asks for a type that is read and not written',
      { tensors: names.map((name) => tensor(name)), recipe: 'ffn_up=i2_s' },
      '2 tensors (line 1 of the rules says ffn_up=i2_s): blk.0.ffn_up.weight, blk.1.ffn_up.weight',
      'Name another type in line 1 of the rules, such as iq2_bn.',
    ],
    [
      'and where the tensors have it already',
      { tensors: ternary, ftype: 'IQ2_BN', allowRequantize: true, recipe: 'ffn_up=i2_s' },
      '2 tensors (line 1 of the rules says ffn_up=i2_s): blk.0.ffn_up.weight, blk.1.ffn_up.weight',
      'Name another type in line 1 of the rules, such as iq2_bn.',
    ],
    [
      'tells that COPY keeps it',
      { tensors: ternary, ftype: 'COPY' },
      '3 tensors (COPY keeps every tensor): blk.0.ffn_up.weight, blk.1.ffn_up.weight, output.weight',
      'Quantize to another file type, such as IQ2_BN with --allow-requantize, and without --leave-output-tensor.',
    ],
    [
      'tells the option that keeps it',
      { tensors: ternary, ftype: 'IQ2_BN', allowRequantize: true, leaveOutput: true },
      '1 tensor (as --leave-output-tensor asks): output.weight',
      'Quantize to another file type, such as IQ2_BN with --allow-requantize, and without --leave-output-tensor.',
    ],
  ])('%s', (_, options, found, advice) => {
    const planned = plan(options);
    expect(() => requireWritable(planned)).toThrow(
      expect.objectContaining({
        code: 'unwritable-type',
        what: 'tensors of i2_s are read and not written',
        facts: { tensor: /[^ ,]+\.weight/.exec(found)?.[0], found, advice },
      }) as Error,
    );
  });

  it('is content with vectors that would have had it: they are f32', () => {
    const vector = { name: 'output_norm.weight', dimensions: [256], format: formats.i2_s.name };
    const planned = requireWritable(plan({ tensors: [vector], ftype: 'IQ2_BN' }));
    expect(planned.tensors[0]).toMatchObject({
      format: 'f32',
      bytes: 1024,
      reason: { kind: 'default', text: 'a norm, and i2_s is not written' },
    });
  });
});

it('a tensor whose rows have one scale in common is as large as in its file', () => {
  const tensors = [{ ...tensor('blk.0.ffn_up.weight'), format: formats.i2_s.name }];
  const planned = plan({ tensors, ftype: 'IQ2_BN', allowRequantize: true });
  expect(planned.tensors[0]).toMatchObject({ format: 'iq2_bn', sourceBytes: 64 * 64 + 32, bytes: 64 * 68 });
});

describe('options that name types', () => {
  const names = [
    'token_embd.weight',
    'blk.0.attn_q.weight',
    'blk.0.attn_qkv.weight',
    'blk.0.attn_v.weight',
    'blk.0.ffn_down_exps.weight',
    'output.weight',
  ];
  const planned = (
    options: Parameters<typeof withTypeOptions>[1],
    among: readonly string[],
    rules?: string,
  ): string[] => {
    const recipe = withTypeOptions(rules === undefined ? undefined : parseRecipe(rules, 'x'), options, among);
    const { tensors } = planQuantization({
      tensors: among.map((name) => tensor(name)),
      model: dense,
      ftype: parseFtype('Q6_K'),
      hasImportance: false,
      recipe,
    });
    return tensors.map(({ format }) => format);
  };

  it('for the output and the embedding come before the rules, the others after them', () => {
    const options = {
      'output-tensor-type': 'q8_0',
      'token-embedding-type': 'iq4_k',
      'attn-q-type': 'q4_0',
      'attn-v-type': 'q5_0',
      'attn-qkv-type': 'q5_1',
      'ffn-down-type': 'q4_1',
    };
    expect(planned(options, names)).toEqual(['iq4_k', 'q4_0', 'q5_1', 'q5_0', 'q4_1', 'q8_0']);
    expect(planned(options, names, '.*=bf16')).toEqual(['iq4_k', ...Array<string>(4).fill('bf16'), 'q8_0']);
  });

  it('mean the token embedding where it is the output too', () => {
    const tied = ['token_embd.weight', 'blk.0.attn_q.weight'];
    expect(planned({ 'output-tensor-type': 'q8_0' }, tied)).toEqual(['q8_0', 'q6_K']);
    expect(planned({ 'output-tensor-type': 'q8_0', 'token-embedding-type': 'q4_0' }, tied)).toEqual([
      'q4_0',
      'q6_K',
    ]);
  });

  it('leave a recipe as it is where there are none', () => {
    const recipe = parseRecipe('a=q8_0', 'x');
    expect(withTypeOptions(recipe, {}, names)).toBe(recipe);
    expect(withTypeOptions(undefined, {}, names)).toBeUndefined();
  });

  it('are refused where there is no such type, and told where they decide nothing', () => {
    expect(() => withTypeOptions(undefined, { 'attn-k-type': 'Q6_K' }, names)).toThrow(
      /--attn-k-type: there is no type of this name \(found "Q6_K", allowed f32, f16, .*\)\. Did you mean q6_K\?/,
    );
    const recipe = withTypeOptions(undefined, { 'attn-k-type': 'q8_0' }, names);
    const { unusedRules } = plan({ tensors: names.map((name) => tensor(name)) });
    expect(unusedRules).toEqual([]);
    const tensors = names.map((name) => tensor(name));
    const result = planQuantization({
      tensors,
      model: dense,
      ftype: parseFtype('Q6_K'),
      hasImportance: false,
      recipe,
    });
    expect(result.unusedRules).toMatchObject([{ option: '--attn-k-type', why: 'it matches no tensor' }]);
  });
});

it('a pure plan has the main type alone', () => {
  const tensors = ['token_embd.weight', 'blk.0.attn_v.weight', 'output.weight'].map((name) => tensor(name));
  const formatsOf = (pure: boolean): string[] =>
    planQuantization({
      tensors,
      model: dense,
      ftype: parseFtype('Q4_K_M'),
      hasImportance: false,
      pure,
    }).tensors.map(({ format }) => format);
  expect(formatsOf(true)).toEqual(['q4_K', 'q4_K', 'q4_K']);
  expect(formatsOf(false)).toEqual(['q4_K', 'q6_K', 'q6_K']);
});

it('the output is left as it is where that is asked for', () => {
  const tensors = [tensor('output.weight')];
  const { tensors: planned } = planQuantization({
    tensors,
    model: dense,
    ftype: parseFtype('Q4_K_M'),
    hasImportance: false,
    leaveOutput: true,
  });
  expect(planned[0]).toMatchObject({ format: 'bf16', reason: { kind: 'kept' } });
});

describe('routers of experts', () => {
  const router = tensor('blk.0.ffn_gate_inp.weight', [256, 8]);

  it('are quantized only where an option names a type for them, whatever rules say', () => {
    const recipe = withTypeOptions(parseRecipe('ffn=q4_K', 'x'), { 'ffn-gate-inp-type': 'q8_0' }, []);
    const model = dense;
    const ftype = parseFtype('Q6_K');
    const types = [recipe, parseRecipe('ffn=q4_K', 'x')].map((rules) =>
      planQuantization({ model, ftype, hasImportance: true, tensors: [router], recipe: rules }).tensors.map(
        ({ format }) => format,
      ),
    );
    expect(types).toEqual([['q8_0'], [router.format]]);
  });
});

describe('a second output matrix', () => {
  const output = tensor('output.weight', [256, 32]);
  const others = [tensor('token_embd.weight', [256, 32]), tensor('blk.0.attn_q.weight', [256, 256])];
  const extra = (options: Given): string[] =>
    plan(options).tensors.map(
      ({ source, format, copyOf }) =>
        `${source.name} ${format}${copyOf === undefined ? '' : ` of ${copyOf}`}`,
    );

  it('stands behind the one that it is made of, the token embedding where that is both', () => {
    const tensors = [output, ...others];
    expect(extra({ tensors, extraOutput: 'q4_K' })).toEqual([
      'output.weight q6_K',
      'output_extra.weight q4_K of output.weight',
      'token_embd.weight q6_K',
      'blk.0.attn_q.weight q6_K',
    ]);
    expect(extra({ tensors: others, extraOutput: 'q4_K' })[1]).toBe(
      'output_extra.weight q4_K of token_embd.weight',
    );
    expect(plan({ tensors, extraOutput: 'q4_K' }).totals.sourceBytes).toBe(
      plan({ tensors }).totals.sourceBytes,
    );
  });

  it.each<[TypeName, readonly SourceTensor[]]>([
    [output.format, [output]],
    ['f32', [output]],
    ['q4_K', others.slice(1)],
  ])('is refused where it would not be smaller, or of nothing: %s', (extraOutput, tensors) => {
    expect(() => plan({ tensors, extraOutput })).toThrow(
      expect.objectContaining({ code: 'no-extra-output' }),
    );
  });
});
