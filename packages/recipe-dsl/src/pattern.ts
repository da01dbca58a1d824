import { RE2JS, RE2JSSyntaxException } from 're2js';
import { RecipeError, type RecipeErrorCode } from './errors';
import { MAX_COUNTS_IN_PATTERN, MAX_PATTERN_LENGTH } from './limits';
import { quoted } from './suggest';

/** Where a pattern stands, for error messages. */
export interface PatternPlace {
  readonly file: string;
  readonly line: number;
}

/** Says whether a tensor's name contains a match. Takes time in proportion to the length of the name, whatever the pattern. */
export type NameTest = (name: string) => boolean;

/** Escapes with a letter that every reader of recipes takes for the same thing: classes, word borders, control characters. */
const COMMON_ESCAPES = new Set('dDsSwWbBtnrfvx');

/**
 * Compile the pattern of a rule: a regular expression that is searched anywhere in the name, case counts.
 *
 * The peer's dialect is the ECMAScript one of C++ `std::regex`, ours is RE2. Patterns are held to what both read alike.
 * Look-around and back-references, which need backtracking and so can take for ever, are refused with a way out.
 */
export function compilePattern(pattern: string, place: PatternPlace): NameTest {
  checkSize(pattern, place);
  checkDialect(pattern, place);
  try {
    const compiled = RE2JS.compile(pattern);
    return (name) => compiled.test(name);
  } catch (cause) {
    const reason =
      cause instanceof RE2JSSyntaxException
        ? cause.message.replace('error parsing regexp: ', '')
        : String(cause);
    throw patternError(
      'broken-pattern',
      pattern,
      place,
      `is no regular expression: ${reason}`,
      undefined,
      cause,
    );
  }
}

/**
 * The characters of a pattern that stand for something by themselves, with their index: not those that are escaped,
 * in a class `[…]` or in a count `{m,n}`. Also separates rules, because outside of these a comma ends a rule.
 */
export function* plainCharacters(text: string): Generator<readonly [index: number, character: string]> {
  // The length of a class is capped so that a text full of unclosed brackets is still read in linear time.
  const atom = /\\[^]|\[\^?\]?(?:\\[^]|[^\]\\]){0,255}\]|\{\d{0,9},\d{0,9}\}|[^]/g;
  for (const { 0: characters, index } of text.matchAll(atom)) {
    if (characters.length === 1) yield [index, characters];
  }
}

function checkSize(pattern: string, place: PatternPlace): void {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new RecipeError('pattern-too-long', 'the pattern is too long', {
      ...place,
      found: `${String(pattern.length)} characters`,
      allowed: `at most ${String(MAX_PATTERN_LENGTH)}`,
      advice: 'Make several rules of it.',
    });
  }
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)];
  const sum = counts.reduce(
    (total, [, least, most]) => total + Math.max(Number(least), Number(most ?? 0)),
    0,
  );
  if (sum > MAX_COUNTS_IN_PATTERN) {
    const what = `has counts {…} that add up to ${String(sum)}; at most ${String(MAX_COUNTS_IN_PATTERN)} can be`;
    throw patternError(
      'unsupported-pattern',
      pattern,
      place,
      what,
      'Use * or +: tensor names have at most 63 bytes.',
    );
  }
}

function checkDialect(pattern: string, place: PatternPlace): void {
  const refuse = (what: string, advice: string): never => {
    throw patternError('unsupported-pattern', pattern, place, what, advice);
  };
  for (const [, escaped = ''] of pattern.matchAll(/\\([^])/g)) {
    if (/[1-9k]/.test(escaped)) {
      refuse(
        'has a back-reference, which needs backtracking',
        'Write the alternatives out: (a|b) for each of them.',
      );
    }
    if (/[a-zA-Z0]/.test(escaped) && !COMMON_ESCAPES.has(escaped)) {
      refuse(
        `has the escape \\${escaped}, which not every reader of recipes knows`,
        'Write the characters themselves.',
      );
    }
  }
  for (const [index, character] of plainCharacters(pattern)) {
    const group = character === '(' ? /^\(\?(<?[=!]|.?)/s.exec(pattern.slice(index, index + 4)) : null;
    if (group?.[1]?.match(/[=!]/)) {
      const advice = 'Put a rule for the exceptions before this one: the first rule that matches wins.';
      refuse(`looks around with ${group[0]}, which needs backtracking`, advice);
    }
    if (group !== null && group[1] !== ':') {
      refuse(`has the group ${group[0]}, which not every reader of recipes knows`, 'Use ( ) or (?: ).');
    }
    if (character === '=') {
      throw patternError(
        'several-equals',
        pattern,
        place,
        'has an = of its own',
        'Write one rule an item; write \\= for the character.',
      );
    }
  }
}

function patternError(
  code: RecipeErrorCode,
  pattern: string,
  place: PatternPlace,
  what: string,
  advice: string | undefined,
  cause?: unknown,
): RecipeError {
  return new RecipeError(code, `the pattern ${quoted(pattern)} ${what}`, { ...place, advice, cause });
}
