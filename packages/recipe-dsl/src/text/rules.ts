import { RecipeError } from '../error';
import { MAX_RULES } from '../limits';
import { compilePattern, plainIndices } from '../pattern';
import { noSuchType } from '../no-such-type';
import { quoted } from '../suggest';
import { isTypeName } from '../type-facts';
import type { RecipeNote, Rule } from '../types';
import type { SourceLine } from './source-line';

/** What lines of rules come to. */
export interface ReadRules {
  readonly rules: readonly Rule[];
  readonly notes: readonly RecipeNote[];
}

/**
 * Read lines of rules. A line has one rule, `pattern=type`, or several with commas between them; it may be empty or
 * start with `#`. A comma inside of `{m,n}` or `[…]`, or after a backslash, belongs to the pattern.
 */
export function readRules(lines: readonly SourceLine[], file: string): ReadRules {
  const rules: Rule[] = [];
  const notes: RecipeNote[] = [];
  const firstLines = new Map<string, number>();
  for (const { line, text } of lines) {
    const content = withoutComment(text.trim());
    if (isStray(content)) {
      notes.push({ line, text: `${content} is no rule: left out` });
      continue;
    }
    const items = itemsOf(content);
    const given = items.filter((item) => item !== '');
    if (given.length < items.length)
      notes.push({ line, text: 'there is nothing between two commas: left out' });
    for (const item of given) {
      if (rules.length === MAX_RULES) throw tooManyRules(file, line);
      const rule = readRule(item, file, line);
      const firstLine = firstLines.get(rule.pattern);
      if (firstLine === undefined) firstLines.set(rule.pattern, line);
      else
        notes.push({
          line,
          text: `${quoted(rule.pattern)} stands in line ${firstLine} already: that rule wins`,
        });
      rules.push(rule);
    }
  }
  return { rules, notes };
}

/** Left over from copying: quotes that close nothing, or the fence of a code block. */
function isStray(content: string): boolean {
  return /^(?:["']+|```\w*)$/.test(content);
}

/** A comment has its own line, or comes after a whole rule and a space. */
function withoutComment(content: string): string {
  if (content.startsWith('#')) return '';
  const start = /=\s*\w+(?:\s*,)?\s+#/.exec(content);
  return start === null ? content : content.slice(0, start.index + start[0].length - 1).trimEnd();
}

/** The items of a line; the comma after the last one may stand or not. */
function itemsOf(content: string): string[] {
  if (content === '') return [];
  const commas = plainIndices(content, ',');
  const items = [-1, ...commas].map((comma, i) => content.slice(comma + 1, commas[i]).trim());
  if (items.at(-1) === '') items.pop();
  return items;
}

function readRule(item: string, file: string, line: number): Rule {
  const equals = plainIndices(item, '=').at(-1);
  if (equals === undefined) {
    throw new RecipeError('missing-equals', 'a rule is pattern=type', {
      file,
      line,
      found: quoted(item),
      advice: 'A comma ends a rule: write one rule for each pattern, and \\, for a comma in a pattern.',
    });
  }
  const pattern = item.slice(0, equals).trimEnd();
  if (pattern === '') {
    const advice = 'Write .* to match every tensor.';
    throw new RecipeError('missing-pattern', 'there is no pattern before =', {
      file,
      line,
      found: quoted(item),
      advice,
    });
  }
  if (pattern.startsWith('#')) {
    const advice = 'Put the comment on its own line.';
    throw new RecipeError('comment-in-list', 'a comment cannot stand between rules', {
      file,
      line,
      found: quoted(item),
      advice,
    });
  }
  compilePattern(pattern, { file, line });
  return { pattern, format: readFormatName(item.slice(equals + 1).trimStart(), file, line), line };
}

function readFormatName(found: string, file: string, line: number): Rule['format'] {
  if (isTypeName(found)) return found;
  const what = found === '' ? 'there is no type after =' : 'there is no type of this name';
  throw noSuchType(found, what, { file, line });
}

function tooManyRules(file: string, line: number): RecipeError {
  return new RecipeError('too-many-rules', 'the recipe has too many rules', {
    file,
    line,
    allowed: `at most ${MAX_RULES}`,
    advice: 'Let one pattern match many tensors: blk\\.[0-9]+\\.ffn_up names those of all layers.',
  });
}
