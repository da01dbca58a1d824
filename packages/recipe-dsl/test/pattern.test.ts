import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecipeError, type RecipeErrorCode } from '../src/index';
import { compilePattern } from '../src/pattern';

const place = { file: 'my.recipe', line: 4 };

const tensorNames = [
  'token_embd.weight',
  'output.weight',
  'output_norm.weight',
  'blk.0.attn_q.weight',
  'blk.0.attn_qkv.weight',
  'blk.7.attn_output.weight',
  'blk.12.ffn_gate_exps.weight',
  'blk.12.ffn_up_shexp.weight',
  'blk.39.ffn_down.weight',
  'blk.0.ATTN_Q.weight',
  'blkX0Xattn_qXweight',
  'a/b-c',
  '',
];

describe('patterns mean what they mean in ECMAScript', () => {
  it.each([
    'blk\\..*\\.attn_q.*\\.weight',
    'blk\\.0\\.attn_q\\.weight',
    'blk.0.attn_q.weight',
    'attn_q',
    'ffn_(gate|up)_(exps|shexp)',
    'ffn_(?:gate|up)',
    'blk\\.([0-9]|1[0-2])\\.',
    'blk\\.[0-9]{1,2}\\.ffn',
    'blk\\.\\d{2}\\.ffn',
    'blk\\.\\d+\\.',
    '^output\\.weight$',
    '^output',
    'weight$',
    '^$',
    '.*',
    '^blk\\.(?:[0-9]|[1-3][0-9])\\.ffn_down\\.weight$',
    '[^.]+\\.weight',
    '[[:digit:]]x|token',
    'a\\/b\\-c',
    '\\bffn_\\w+\\b',
    'attn_q\\B',
    '\\S+\\D\\W',
    'out?put|foo',
    'blk\\.1{0,1}2',
    'x*',
    'ATTN',
    '(a|b|)c',
    '_{1}embd',
  ])('%s', (pattern) => {
    // The only difference on this list: JavaScript has no [:digit:], which std::regex has.
    const reference = new RegExp(pattern.replace('[[:digit:]]', '\\d'));
    const test = compilePattern(pattern, place);
    expect(tensorNames.filter(test)).toEqual(tensorNames.filter((name) => reference.test(name)));
  });

  it('whatever ordinary pieces they are made of', () => {
    const atom = fc.oneof(
      fc.constantFrom(
        'a',
        'b',
        '_',
        '\\.',
        '.',
        '\\d',
        '\\w',
        '[a-c]',
        '[^a.]',
        '\\/',
        '0',
        '(a|b)',
        '(?:b|_a)',
        '(a\\.)',
      ),
    );
    const piece = fc
      .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{1,}', '*?'))
      .map((parts) => parts.join(''));
    const pattern = fc
      .tuple(
        fc.constantFrom('', '^'),
        fc.array(piece, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('', '$'),
      )
      .map(([start, pieces, end]) => start + pieces.join('') + end);
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.', '_', '0', '/'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, name, (text, tensor) => {
        expect(compilePattern(text, place)(tensor)).toBe(new RegExp(text).test(tensor));
      }),
      { numRuns: 2000 },
    );
  });
});

const refused: [pattern: string, code: RecipeErrorCode, message: string][] = [
  ['(a', 'broken-pattern', 'my.recipe, line 4: the pattern "(a" is no regular expression: missing closing )'],
  ['[a', 'broken-pattern', 'missing closing ]'],
  ['[z-a]', 'broken-pattern', 'invalid character class range'],
  ['*a', 'broken-pattern', 'missing argument to repetition operator'],
  ['a**', 'broken-pattern', 'invalid nested repetition operator'],
  ['a{2,1}', 'broken-pattern', 'invalid repeat count'],
  ['a\\', 'broken-pattern', 'trailing backslash'],
  ['a\\é', 'broken-pattern', 'invalid escape'],
  ['('.repeat(1999), 'broken-pattern', 'is no regular expression'],
  ['(?=attn)a', 'unsupported-pattern', 'looks around with (?=, which needs backtracking'],
  ['a(?!ttn)', 'unsupported-pattern', 'the first rule that matches wins'],
  ['(?<=a)b', 'unsupported-pattern', 'looks around with (?<='],
  ['(?<!a)b', 'unsupported-pattern', 'looks around with (?<!'],
  ['(a)\\1', 'unsupported-pattern', 'has the back-reference \\1, which needs backtracking'],
  ['(?<n>a)\\k<n>', 'unsupported-pattern', 'has the back-reference \\k'],
  ['(?i)attn', 'unsupported-pattern', 'has a group that starts with (?i'],
  ['(?P<n>a)', 'unsupported-pattern', 'Use ( ) or (?: ).'],
  ['(?<n>a)', 'unsupported-pattern', 'has a group that starts with (?<'],
  ['\\Aa\\z', 'unsupported-pattern', 'has the escape \\A, which not every reader of recipes knows'],
  ['\\Q.\\E', 'unsupported-pattern', '\\Q'],
  ['[\\pL]', 'unsupported-pattern', '\\p'],
  ['\\x{61}', 'unsupported-pattern', '\\x'],
  [
    '(a{1000}){1000}',
    'unsupported-pattern',
    'has too large counts {…}. Use * or +: the names of tensors are short.',
  ],
  [`(${'a'.repeat(500)}{31}){32}`, 'unsupported-pattern', 'too large counts'],
  ['a{99999999999999999999}', 'unsupported-pattern', 'too large counts'],
  ['((((((a{9}){9}){9}){9}){9}){9}){9}', 'unsupported-pattern', 'too large counts'],
  ['a'.repeat(2001), 'pattern-too-long', 'found 2001 characters, allowed at most 2000'],
];

describe('patterns that are refused', () => {
  it.each(refused)('%s', (pattern, code, message) => {
    const compile = (): unknown => compilePattern(pattern, place);
    expect(compile).toThrow(RecipeError);
    expect(compile).toThrow(
      expect.objectContaining({ code, facts: expect.objectContaining({ line: 4 }) as unknown }),
    );
    expect(compile).toThrow(message);
  });
});

it('no pattern backtracks for ever', () => {
  const name = 'a'.repeat(63);
  for (const pattern of [
    '(a+)+$',
    '(a|aa)+$',
    '(a*)*b',
    '(.*a){12}x',
    '(x+x+)+y',
    '([a-z]+)*=?\\.$'.replace('=', '\\='),
  ]) {
    expect(compilePattern(pattern, place)(`${name}!`)).toBe(false);
  }
});
