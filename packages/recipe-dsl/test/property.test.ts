import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRecipe, parseRecipe, RecipeError, typeNames, type Recipe } from '../src/index';

const card = readFileSync(new URL('fixtures/model-card.sh', import.meta.url), 'utf8');

/** A recipe, or nothing when the text is refused with a `RecipeError`; anything else fails the test. */
function parsed(text: string): Recipe | undefined {
  try {
    return parseRecipe(text, 'random');
  } catch (error) {
    expect(error).toBeInstanceOf(RecipeError);
    if (error instanceof RecipeError) expect(error.facts.advice).toBeTruthy();
    return undefined;
  }
}

function expectRoundTrip(text: string): boolean {
  const recipe = parsed(text);
  if (recipe === undefined) return false;
  const again = parseRecipe(formatRecipe(recipe), 'printed');
  const pairs = ({ rules }: Recipe): unknown[] => rules.map(({ pattern, format }) => [pattern, format]);
  expect(pairs(again)).toEqual(pairs(recipe));
  return true;
}

/** Text full of what has a meaning in recipes and scripts. */
const pieces = fc.oneof(
  fc.constantFrom(...typeNames.map((name) => `=${name}`)),
  fc.constantFrom(
    '=',
    ',',
    '\n',
    '\r\n',
    '#',
    ' ',
    '\t',
    '"',
    "'",
    '"""',
    '`',
    '$',
    '\\',
    '\uFEFF',
    '\0',
    '🂡',
  ),
  fc.constantFrom(
    '(',
    ')',
    '[',
    ']',
    '{1,2}',
    '{',
    '}',
    '*',
    '+',
    '?',
    '|',
    '.',
    '^',
    '(?=',
    '\\1',
    '{1000}',
  ),
  fc.constantFrom(
    'custom="',
    "custom='",
    '--custom-q ',
    '"$custom"',
    'blk\\.',
    'attn_q',
    'weight',
    'IQ4_KSS',
  ),
);
const recipeLike = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));

describe('any text', () => {
  it('is a recipe or a RecipeError, and a recipe that is printed is read back the same', () => {
    let recipes = 0;
    fc.assert(
      fc.property(recipeLike, (text) => {
        if (expectRoundTrip(text)) recipes++;
      }),
      { numRuns: 5000, seed: 20260815 },
    );
    expect(recipes).toBeGreaterThan(20);
  });

  it('of random characters too', () => {
    const characters = fc.uint16Array({ maxLength: 80 }).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(characters, (text) => void expectRoundTrip(text)),
      { numRuns: 500 },
    );
  });

  it('and so is every script with a piece taken out, doubled or put in', () => {
    fc.assert(
      fc.property(fc.nat(card.length), fc.nat(40), recipeLike, (at, length, inserted) => {
        const [before, after] = [card.slice(0, at), card.slice(at)];
        expectRoundTrip(before + after.slice(length));
        expectRoundTrip(before + after.slice(0, length) + after);
        expectRoundTrip(before + inserted + after);
      }),
      { numRuns: 200 },
    );
  });
});

it('a recipe in any shape is read as the same rules', () => {
  const pattern = fc.constantFrom(
    'blk\\..*\\.attn_q',
    'ffn_(gate|up)',
    'a[,=]b',
    '[0-9]{1,2}',
    'x\\,y\\=z',
    '^output$',
  );
  const rule = fc.tuple(pattern, fc.constantFrom(...typeNames)).map((pair) => pair.join('='));
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 8 }), (rules) => {
      const shapes = [
        rules.join(','),
        `# c\n\n${rules.join('\n')}\n`,
        `custom='\n${rules.join('\n#"\n')}\n'\necho`,
      ];
      for (const shape of shapes) {
        const read = parseRecipe(shape, 'x').rules;
        expect(read.map((one) => `${one.pattern}=${one.format}`)).toEqual(rules);
      }
    }),
  );
});

it('hostile texts of the greatest length are read in little time', () => {
  const hostile = [
    '[',
    '(',
    ',',
    '=',
    '\\',
    '"',
    "'",
    '$',
    '{',
    ' ',
    "a='\n",
    'a="\n',
    '--custom-q "',
    'a=b ',
    '=a  ',
    '#\n',
  ];
  for (const piece of hostile) {
    const text = `a=q8_0\n${piece.repeat(Math.floor(262_000 / piece.length))}\n`;
    expectRoundTrip(text);
    expectRoundTrip(`custom="\n${text}"`);
  }
});
