import { describe, expect, it } from 'vitest';
import { importanceOfRow, matchImportance, type ImportanceMatrix, type MatchTensor } from '../src/index';
import { matrixOf as matrixOfEntries } from './matrix';

/** One row went through each tensor. */
function matrixOf(sums: Record<string, readonly number[]>): ImportanceMatrix {
  const entries = Object.entries(sums).map(([name, of]) => ({ name, sums: of, counts: [1] }));
  return matrixOfEntries(entries, { source: 'm.dat' });
}

function tensor(name: string, dimensions: readonly number[] = [2, 4], quantized = true): MatchTensor {
  return { name, dimensions, quantized };
}

describe('matchImportance', () => {
  it('gives each tensor the entry of its name', () => {
    const matrix = matrixOf({ 'blk.0.ffn_up.weight': [1, 2], 'blk.1.ffn_up.weight': [3, 4] });
    const match = matchImportance(matrix, [tensor('blk.0.ffn_up.weight'), tensor('blk.1.ffn_up.weight')]);
    expect(match.byTensor.get('blk.1.ffn_up.weight')).toEqual({
      values: Float32Array.of(3, 4),
      columns: 2,
      rows: 4,
    });
    expect(match).toMatchObject({ missing: [], borrowed: [], guessed: [], allZero: [], unused: [] });
  });

  it('reports what is missing, and says where that is normal', () => {
    const tensors = [
      tensor('a.weight'),
      tensor('b.weight'),
      tensor('output.weight'),
      tensor('token_embd.weight'),
    ];
    const { missing, byTensor } = matchImportance(matrixOf({ 'a.weight': [1, 1] }), tensors);
    expect(missing.map((entry) => [entry.tensor, entry.expected])).toEqual([
      ['b.weight', false],
      ['output.weight', true],
      ['token_embd.weight', true],
    ]);
    expect([...byTensor.keys()]).toEqual(['a.weight']);
  });

  it('asks nothing of tensors that are copied, but knows their entries', () => {
    const matrix = matrixOf({ 'a.weight': [1, 1], 'router.weight': [1, 1, 1], 'gone.weight': [1] });
    const kept = [tensor('router.weight', [2, 4], false), tensor('a_norm.weight', [2], false)];
    const match = matchImportance(matrix, [tensor('a.weight'), ...kept]);
    expect([...match.byTensor.keys()]).toEqual(['a.weight']);
    expect(match).toMatchObject({ missing: [], unused: ['gone.weight'] });
  });

  it('takes all dimensions after the rows for experts', () => {
    const values = Array.from({ length: 64 }, (_, i) => i);
    const { byTensor } = matchImportance(matrixOf({ 'a.weight': values }), [
      tensor('a.weight', [32, 4, 1, 2]),
    ]);
    const importance = byTensor.get('a.weight') ?? { values: new Float32Array(0), columns: 0, rows: 0 };
    expect([importance.columns, importance.rows]).toEqual([32, 4]);
    expect([0, 3, 4, 7].map((row) => importanceOfRow(importance, row)[0])).toEqual([0, 0, 32, 32]);
    expect(() =>
      matchImportance(matrixOf({ 'a.weight': values.slice(32) }), [tensor('a.weight', [32, 4, 1, 2])]),
    ).toThrow('found 32 values, allowed 64: 32 columns for each of 2 experts');
  });

  it('guesses for experts that calibration never reached, and says so', () => {
    const entry = { name: 'up_exps.weight', sums: [0, 0, 4, 8, 0, 0], counts: [0, 2, 0] };
    const match = matchImportance(matrixOfEntries([entry]), [tensor('up_exps.weight', [2, 4, 3])]);
    expect(match.byTensor.get('up_exps.weight')?.values).toEqual(Float32Array.of(2, 4, 2, 4, 2, 4));
    expect(match.guessed).toEqual([{ tensor: 'up_exps.weight', experts: [0, 2] }]);
    expect(match.allZero).toEqual([]);
  });

  it('gives no importance to a tensor that calibration never reached at all', () => {
    const entries = [
      { name: 'a_exps.weight', sums: [0, 0], counts: [0, 0] },
      { name: 'b.weight', sums: [1, 1], counts: [1] },
    ];
    const match = matchImportance(matrixOfEntries(entries), [
      tensor('a_exps.weight', [1, 4, 2]),
      tensor('b.weight'),
    ]);
    const why = 'the calibration text never reached it';
    expect(match.missing).toEqual([{ tensor: 'a_exps.weight', expected: false, why }]);
    expect([...match.byTensor.keys()]).toEqual(['b.weight']);
    expect(match.unused).toEqual([]);
  });

  it('reports experts whose importance is zero', () => {
    const matrix = matrixOf({ 'a_exps.weight': [0, 0, 1, 0, 0, 0], 'b.weight': [0, 0] });
    const { allZero } = matchImportance(matrix, [tensor('a_exps.weight', [2, 4, 3]), tensor('b.weight')]);
    expect(allZero).toEqual([
      { tensor: 'a_exps.weight', experts: [0, 2] },
      { tensor: 'b.weight', experts: [0] },
    ]);
  });

  it('refuses an entry of the wrong length, by name', () => {
    const matrix = matrixOf({ 'a_exps.weight': [1, 2, 3] });
    expect(() => matchImportance(matrix, [tensor('a_exps.weight', [2, 4, 3])])).toThrow(
      expect.objectContaining({
        code: 'wrong-length',
        message:
          'm.dat: tensor "a_exps.weight": the entry "a_exps.weight" does not fit the tensor (found 3 values, ' +
          'allowed 6: 2 columns for each of 3 experts). The importance matrix was made with another model: make one with this model.',
      }),
    );
  });

  it('leaves out an entry of the token embedding of the wrong length, and says so', () => {
    const matrix = matrixOf({ 'token_embd.weight': [1, 2, 3], 'a.weight': [1, 1] });
    const match = matchImportance(matrix, [tensor('token_embd.weight'), tensor('a.weight')]);
    const why = 'its entry has another length than it has columns';
    expect(match.missing).toEqual([{ tensor: 'token_embd.weight', expected: true, why }]);
    expect(match.unused).toEqual([]);
  });

  it('refuses a matrix of another model', () => {
    const matrix = matrixOf({ 'x.weight': [1] });
    expect(() => matchImportance(matrix, [tensor('a.weight')])).toThrow(
      /m\.dat: the importance matrix is of another model .*"x\.weight".*"a\.weight"/,
    );
    expect(() => matchImportance(matrix, [])).toThrow(expect.objectContaining({ code: 'other-model' }));
  });

  it('refuses a matrix that fits some tensors of another model by chance', () => {
    const matrix = matrixOf({ 'a.weight': [1, 2], 'x.weight': [1] });
    const tensors = [tensor('a.weight'), tensor('b.weight')];
    expect(() => matchImportance(matrix, tensors)).toThrow(expect.objectContaining({ code: 'other-model' }));
  });
});

describe('stand-ins', () => {
  it.each([
    ['blk.3.ffn_gate.weight', 'blk.3.ffn_up.weight'],
    ['blk.3.ffn_gate_exps.weight', 'blk.3.ffn_up_exps.weight'],
    ['blk.3.ffn_gate_exps.weight', 'blk.3.ffn_gate_up_exps.weight'],
    ['blk.3.ffn_up_exps.weight', 'blk.3.ffn_gate_up_exps.weight'],
    ['blk.3.ffn_gate_up_exps.weight', 'blk.3.ffn_up_exps.weight'],
    ['blk.3.attn_v_b.weight', 'blk.3.attn_kv_b.weight'],
    ['blk.3.attn_kv_b.weight', 'blk.3.attn_v_b.weight'],
  ])('%s takes the entry of %s', (name, entry) => {
    const match = matchImportance(matrixOf({ [entry]: [1, 2] }), [tensor(name)]);
    expect(match.byTensor.get(name)?.values).toEqual(Float32Array.of(1, 2));
    expect(match).toMatchObject({ borrowed: [{ tensor: name, entry }], missing: [], unused: [] });
  });

  it.each([
    ['blk.3.ffn_up.weight', 'blk.3.ffn_gate.weight'],
    ['blk.3.ffn_gate.weight', 'blk.4.ffn_up.weight'],
    ['blk.3.ffn_gate_shexp.weight', 'blk.3.ffn_up.weight'],
    ['blk.3.attn_k_b.weight', 'blk.3.attn_kv_b.weight'],
  ])('%s does not take the entry of %s', (name, entry) => {
    expect(() => matchImportance(matrixOf({ [entry]: [1, 2] }), [tensor(name)])).toThrow(/another model/);
  });

  it('come after the entry of the tensor itself, the fused form first', () => {
    const matrix = matrixOf({
      'ffn_gate_exps.weight': [1],
      'ffn_up_exps.weight': [2],
      'ffn_gate_up_exps.weight': [3],
    });
    const names = ['ffn_gate_exps.weight', 'ffn_up_exps.weight'];
    const own = matchImportance(
      matrix,
      names.map((name) => tensor(name, [1, 4])),
    );
    expect([...own.byTensor.values()].map(({ values }) => values[0])).toEqual([1, 2]);
    const withoutGate = matrixOf({ 'ffn_up_exps.weight': [2], 'ffn_gate_up_exps.weight': [3] });
    const { borrowed } = matchImportance(withoutGate, [tensor('ffn_gate_exps.weight', [1, 4])]);
    expect(borrowed).toEqual([{ tensor: 'ffn_gate_exps.weight', entry: 'ffn_gate_up_exps.weight' }]);
  });
});

describe('importanceOfRow', () => {
  it('is the run of columns of the expert that has the row', () => {
    const importance = { values: Float32Array.of(1, 2, 3, 4, 5, 6), columns: 2, rows: 4 };
    const runs = [0, 3, 4, 7, 8, 11].map((row) => [...importanceOfRow(importance, row)]);
    expect(runs).toEqual([
      [1, 2],
      [1, 2],
      [3, 4],
      [3, 4],
      [5, 6],
      [5, 6],
    ]);
    expect(importanceOfRow(importance, 4).buffer).toBe(importance.values.buffer);
  });
});
