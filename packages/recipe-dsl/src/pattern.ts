import type { ErrorFacts } from '@halftone/errors';
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { RecipeError, type RecipeErrorCode } from './error';
import { MAX_REPEATED_LENGTH, MAX_PATTERN_LENGTH } from './limits';
import { quoted } from './suggest';

/**
 * An escaped character, a class, a count with a comma, or any other character. The length of a class is capped so that
 * a text full of unclosed brackets is read in linear time too.
 */
const ATOM = /\\[^]|\[\^?\]?(?:\\[^]|[^\]\\]){0,63}\]|\{\d{0,9},\d{0,9}\}|[^]/g;

/** Where a pattern stands, for error messages. */
export interface PatternPlace {
  readonly file: string;
  /** Left out where there are no lines. */
  readonly line?: number;
}

/** Whether a tensor's name contains a match. Takes time in proportion to the length of the name, whatever the pattern. */
export type NameTest = (name: string) => boolean;

/** Escapes with a letter that every reader of recipes takes for the same thing: classes, word borders, control characters. */
const COMMON_ESCAPES = new Set('dDsSwWbBtnrfv');

/**
 * Compile the pattern of a rule: a regular expression that is searched anywhere in the name, case counts.
 *
 * The dialect of ik_llama.cpp is the ECMAScript one of C++ `std::regex`, ours is RE2. Patterns are held to what both read alike.
 * Look-around and back-references, which need backtracking and so can take for ever, are refused with a way out.
 */
export function compilePattern(pattern: string, place: PatternPlace): NameTest {
  checkSize(pattern, place);
  checkEscapes(pattern, place);
  checkGroups(pattern, place);
  checkEquals(pattern, place);
  try {
    const compiled = RE2JS.compile(pattern);
    return (name) => compiled.test(name);
  } catch (cause) {
    const text = cause instanceof RE2JSSyntaxException ? cause.message : String(cause);
    const reason = text.replace('error parsing regexp: ', '');
    const advice = 'Correct it; before a character that stands for itself, such as ( or *, put a backslash.';
    const facts = { ...place, advice, cause };
    throw patternError('broken-pattern', pattern, `is no regular expression: ${reason}`, facts);
  }
}

/**
 * Where `character` stands for something by itself: not escaped, not in a class `[…]`, not in a count `{m,n}`.
 * Also separates rules, as a comma ends a rule where it does not belong to the pattern.
 */
export function plainIndices(text: string, character: string): number[] {
  const indices: number[] = [];
  for (const { 0: atom, index } of text.matchAll(ATOM)) {
    if (atom === character) indices.push(index);
  }
  return indices;
}

function checkSize(pattern: string, place: PatternPlace): void {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new RecipeError('pattern-too-long', 'the pattern is too long', {
      ...place,
      found: `${pattern.length} characters`,
      allowed: `at most ${MAX_PATTERN_LENGTH}`,
      advice: 'Make several rules of it.',
    });
  }
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)];
  const repeats = counts.reduce(
    (product, [, least, most]) => product * Math.max(1, Number(least), Number(most ?? 0)),
    1,
  );
  if (repeats * pattern.length > MAX_REPEATED_LENGTH) {
    const advice = 'Use * or +: the names of tensors are short.';
    throw patternError('unsupported-pattern', pattern, 'has too large counts {…}', { ...place, advice });
  }
}

function checkEscapes(pattern: string, place: PatternPlace): void {
  for (const [escape, character = ''] of pattern.matchAll(/\\([^])/g)) {
    if (/[1-9k]/.test(character)) {
      const advice = 'Write the alternatives out: (a|b) for each of them.';
      const what = `has the back-reference ${escape}, which needs backtracking and can take for ever`;
      throw patternError('unsupported-pattern', pattern, what, { ...place, advice });
    }
    if (/[a-zA-Z0]/.test(character) && !COMMON_ESCAPES.has(character)) {
      const advice = 'Write the characters themselves.';
      const what = `has the escape ${escape}, which not every reader of recipes knows`;
      throw patternError('unsupported-pattern', pattern, what, { ...place, advice });
    }
  }
}

function checkGroups(pattern: string, place: PatternPlace): void {
  for (const index of plainIndices(pattern, '(')) {
    const group = /^\(\?(?:<?[=!]|[^])/.exec(pattern.slice(index))?.[0];
    if (group === undefined || group === '(?:') continue;
    if (/[=!]$/.test(group)) {
      const advice = 'Put a rule for the exceptions before this one: the first rule that matches wins.';
      const what = `looks around with ${group}, which needs backtracking and can take for ever`;
      throw patternError('unsupported-pattern', pattern, what, { ...place, advice });
    }
    const what = `has a group that starts with ${group}, which not every reader of recipes knows`;
    throw patternError('unsupported-pattern', pattern, what, { ...place, advice: 'Use ( ) or (?: ).' });
  }
}

function checkEquals(pattern: string, place: PatternPlace): void {
  if (plainIndices(pattern, '=').length === 0) return;
  const advice = 'Write one = in a rule, and \\= for the character itself.';
  throw patternError('several-equals', pattern, 'has an = of its own', { ...place, advice });
}

function patternError(code: RecipeErrorCode, pattern: string, what: string, facts: ErrorFacts): RecipeError {
  return new RecipeError(code, `the pattern ${quoted(pattern)} ${what}`, facts);
}
