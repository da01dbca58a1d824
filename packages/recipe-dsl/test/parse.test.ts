import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  formatRecipe,
  parseRecipe,
  RecipeError,
  typeNames,
  type Recipe,
  type RecipeErrorCode,
} from '../src/index';

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

/** Rules as `pattern=type@line`. */
function rulesOf({ rules }: Recipe): string[] {
  return rules.map(({ pattern, format, line }) => `${pattern}=${format}@${line}`);
}

/** Notes as `line: text`. */
function notesOf({ notes }: Recipe): string[] {
  return notes.map(({ line, text }) => `${line}: ${text}`);
}

function errorOf(text: string): RecipeError {
  try {
    parseRecipe(text, 'my.recipe');
  } catch (error) {
    if (error instanceof RecipeError) return error;
    throw error;
  }
  throw new Error('no error');
}

describe('the published recipe in its three shapes', () => {
  const file = parseRecipe(fixture('devstral-small-2-iq4_kss.recipe'), 'file');
  const card = parseRecipe(fixture('model-card.sh'), 'card');
  const text = formatRecipe(file).trim().replaceAll('\n', ',');

  it('is read from a file with one rule a line', () => {
    expect(rulesOf(file)).toEqual([
      'blk\\..*\\.attn_q.*\\.weight=iq6_k@5',
      'blk\\..*\\.attn_k.*\\.weight=iq6_k@6',
      'blk\\..*\\.attn_v.*\\.weight=iq6_k@7',
      'blk\\..*\\.attn_output.*\\.weight=iq6_k@8',
      'blk\\..*\\.ffn_down\\.weight=iq4_ks@11',
      'blk\\..*\\.ffn_(gate|up)\\.weight=iq4_kss@12',
      'token_embd\\.weight=iq4_k@15',
      'output\\.weight=iq6_k@16',
    ]);
    expect(file.notes).toEqual([]);
  });

  it('is read from a comma-separated string', () => {
    const recipe = parseRecipe(text, '--custom-q');
    expect(formatRecipe(recipe)).toBe(formatRecipe(file));
    expect(recipe.rules.every(({ line }) => line === 1)).toBe(true);
    expect(recipe).toMatchObject({ source: '--custom-q', notes: [] });
  });

  it('is read from a pasted script, with a stray """ at its end', () => {
    expect(formatRecipe(card)).toBe(formatRecipe(file));
    expect(card.rules.map(({ line }) => line)).toEqual([7, 8, 9, 10, 13, 14, 17, 18]);
    expect(notesOf(card)).toEqual([
      '3: the rules are those of the variable custom, lines 3 to 19; the rest of the script is not run',
      '28: the script names the importance matrix /models/imatrix-Devstral-Small-2-24B-BF16.dat: not read',
      '31: the script names the file type IQ4_KSS: not taken over',
      '33: """ closes nothing: left out',
    ]);
  });

  it('is the same with Windows line ends, a byte order mark, tabs and trailing spaces', () => {
    for (const name of ['devstral-small-2-iq4_kss.recipe', 'model-card.sh']) {
      const windows = `\uFEFF${fixture(name).replaceAll('\n', '\t  \r\n')}`;
      expect(parseRecipe(windows, 'x').rules).toEqual(parseRecipe(fixture(name), 'x').rules);
    }
  });
});

describe('rules', () => {
  it.each([
    ['one rule', 'a=q8_0', ['a=q8_0@1']],
    ['spaces around', '  a =\tq8_0 , b = q6_K ', ['a=q8_0@1', 'b=q6_K@1']],
    ['several on lines', 'a=q8_0,b=q6_K\nc=f16,\n', ['a=q8_0@1', 'b=q6_K@1', 'c=f16@2']],
    ['a comma in a count', 'blk\\.[0-9]{1,2}\\.a=q8_0,b=q6_K', ['blk\\.[0-9]{1,2}\\.a=q8_0@1', 'b=q6_K@1']],
    ['a comma in a class', 'a[,;]b=q8_0,b=q6_K', ['a[,;]b=q8_0@1', 'b=q6_K@1']],
    ['a bracket in a class', 'a[],]b=q8_0,[^],]=q6_K', ['a[],]b=q8_0@1', '[^],]=q6_K@1']],
    ['an escaped comma', 'a\\,b=q8_0', ['a\\,b=q8_0@1']],
    ['an escaped equals sign', 'a\\=b=q8_0,a[=]b=q8_0', ['a\\=b=q8_0@1', 'a[=]b=q8_0@1']],
    ['a comment behind a rule', 'a=q8_0 # not b=q6_K, nor c=q6_K', ['a=q8_0@1']],
    ['a # in a pattern', 'a#b=q8_0', ['a#b=q8_0@1']],
    ['indented comments', '  # a=q8_0\n\t#b=q8_0\nc=q8_0', ['c=q8_0@3']],
    ['old Mac line ends', 'a=q8_0\rb=q6_K', ['a=q8_0@1', 'b=q6_K@2']],
  ])('%s', (_, text, rules) => {
    const recipe = parseRecipe(text, 'x');
    expect(rulesOf(recipe)).toEqual(rules);
    expect(recipe.notes).toEqual([]);
  });

  it.each([
    ['empty items', ',a=q8_0,,b=q8_0', ['1: there is nothing between two commas: left out']],
    ['a pattern twice', 'a=q8_0\na=q6_K', ['2: "a" stands in line 1 already: that rule wins']],
    ['stray quotes', 'a=q8_0\n"""', ['2: """ is no rule: left out']],
    [
      'a code fence',
      '```bash\na=q8_0\n```',
      ['1: ```bash is no rule: left out', '3: ``` is no rule: left out'],
    ],
  ])('%s: accepted with a note', (_, text, notes) => {
    expect(notesOf(parseRecipe(text, 'x'))).toEqual(notes);
  });
});

describe('scripts', () => {
  it.each([
    ['single quotes', "custom='\na\\.b=q8_0\n'", ['a\\.b=q8_0@2']],
    ['one line', 'custom="a=q8_0,b=q6_K"', ['a=q8_0@1', 'b=q6_K@1']],
    ['rules beside the quotes', 'export custom="a=q8_0\nb=q6_K"', ['a=q8_0@1', 'b=q6_K@2']],
    ['what a shell unescapes', 'custom="\na\\\\.b\\$=q8_0\n"', ['a\\.b$=q8_0@2']],
    ['a $ that a shell leaves', 'custom="\na$=q8_0\n(a|b$)=q8_0\n"', ['a$=q8_0@2', '(a|b$)=q8_0@3']],
    ['the variable of --custom-q', 'x="a=q8_0"\ny="b=q8_0"\nquantize --custom-q "${y}"', ['b=q8_0@2']],
    ['the option itself', 'm="a=q8_0"\nquantize --custom-q "b=q8_0,c=q6_K" in out', ['b=q8_0@2', 'c=q6_K@2']],
    ['the option without quotes', './quantize --custom-q b=q8_0 in out Q8_0', ['b=q8_0@1']],
    ['the option in single quotes', "q --custom-q 'b$=q8_0' in out", ['b$=q8_0@1']],
    ['other variables', 'model="/a/b.gguf"\nname=\'x\'\ncustom="\na=q8_0\n"', ['a=q8_0@4']],
    ['a comment that names the option', '# for --custom-q "$custom"\na=q8_0', ['a=q8_0@2']],
  ])('%s', (_, text, rules) => {
    expect(rulesOf(parseRecipe(text, 'x'))).toEqual(rules);
  });

  it('takes """ for the closing quote, with a note', () => {
    expect(notesOf(parseRecipe('custom="\na=q8_0\n"""\n', 'x'))).toEqual([
      '1: the rules are those of the variable custom, lines 1 to 3; the rest of the script is not run',
      '3: "" closes nothing: left out',
    ]);
  });
});

const names = typeNames.filter((name) => name !== 'i2_s').join(', ');

const bad: [what: string, text: string, code: RecipeErrorCode, line: number | undefined, message: string][] =
  [
    [
      'nothing',
      '',
      'no-rules',
      undefined,
      'my.recipe: the recipe has no rule. Write one pattern=type a line.',
    ],
    ['comments alone', '# a=q8_0\n', 'no-rules', undefined, 'no rule'],
    ['no equals sign', 'a=q8_0\nfoo', 'missing-equals', 2, 'line 2: a rule is pattern=type (found "foo")'],
    ['a comma that ends a rule too early', 'a,b=q8_0', 'missing-equals', 1, 'found "a"'],
    ['no pattern', '=q8_0', 'missing-pattern', 1, 'Write .* to match every tensor.'],
    ['no type', 'a=', 'unknown-type', 1, `there is no type after = (found "", allowed ${names})`],
    [
      'a type with a slip',
      'a=iq4_sk',
      'unknown-type',
      1,
      `(found "iq4_sk", allowed ${names}). Did you mean iq4_ks?`,
    ],
    ['a type in the wrong case', '\n\na=q6_k', 'unknown-type', 3, 'Did you mean q6_K?'],
    ['a type of activations', 'a=q8_K', 'activation-type', 1, 'no tensor is stored in it'],
    ['another of them', 'a=q8_2_x4', 'activation-type', 1, 'no tensor is stored in it'],
    ['a type that nobody knows', 'a=iq7_xyz', 'unknown-type', 1, 'there is no type of this name'],
    ['two equals signs', 'a=b=q8_0', 'several-equals', 1, 'the pattern "a=b" has an = of its own'],
    ['a comment between rules', 'a=q8_0,#b=q8_0', 'comment-in-list', 1, 'found "#b=q8_0"'],
    [
      'a block that does not end',
      'x=1\ncustom="\na=q8_0\n',
      'unterminated-block',
      2,
      'up to the line with the closing "',
    ],
    ['two blocks', 'a="b=q8_0"\nc="d=q8_0"', 'ambiguous-script', 2, 'found a in line 1, c in line 2'],
    ['a variable in the rules', 'custom="\n$attn=q8_0\n"', 'shell-expansion', 2, 'found $attn'],
    ['a command in the rules', 'custom="\na=q8_0\n`b`=q8_0\n"', 'shell-expansion', 3, 'found `'],
    [
      'a variable set elsewhere',
      'quantize --custom-q "$custom"',
      'no-rules',
      undefined,
      '--custom-q $custom',
    ],
    ['a script without rules', 'model="a.gguf"\nls', 'no-rules', undefined, 'a shell script without rules'],
    [
      'a long text',
      'a=q8_0\n'.repeat(40_000),
      'text-too-long',
      undefined,
      'found 280000 characters, allowed at most 262144',
    ],
    ['many rules', 'a=q8_0,'.repeat(10_001), 'too-many-rules', 1, 'allowed at most 10000'],
  ];

describe('a bad recipe', () => {
  it.each(bad)('%s', (_, text, code, line, message) => {
    const error = errorOf(text);
    expect([error.code, error.facts.line, error.facts.file]).toEqual([code, line, 'my.recipe']);
    expect(error.facts.advice).toBeTruthy();
    expect(error.message).toContain(message);
  });

  it.each([
    ['q6_k', 'q6_K'],
    ['IQ4_KSS', 'iq4_kss'],
    ['iq4_ksss', 'iq4_kss'],
    ['iqk_4', 'iq4_k'],
    ['iq6k', 'iq6_k'],
    ['fp16', 'f16'],
    ['q80', 'q8_0'],
  ])('asks for %s whether %s was meant', (found, meant) => {
    expect(errorOf(`a=${found}`).facts.advice).toBe(`Did you mean ${meant}?`);
  });

  it('suggests nothing that is far away', () => {
    expect(errorOf('a=mixed').facts.advice).toBe('Take one of the allowed types.');
    expect(errorOf(`a=${'q'.repeat(1000)}`).message.length).toBeLessThan(1000);
  });
});
