import { RecipeError } from '../error';
import { ftypes } from '../ftypes';
import type { RecipeNote } from '../types';
import type { SourceLine } from './source-line';

/** `name="…` or `name='…` at the start of a line. A rule never looks so, as no type starts with a quote. */
const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(["'])/;

/** The option that takes the rules, and its value: a variable in quotes, or the rules themselves. */
const OPTION = /--custom-q[=\s]+(?:"([^"]*)"|'([^']*)'|(\S+))/;

/** The lines of a script that hold its rules. */
export interface ScriptRules {
  readonly lines: readonly SourceLine[];
  readonly notes: readonly RecipeNote[];
}

/** Text in quotes that a script gives to a variable. */
interface Assignment {
  readonly name: string;
  readonly quote: string;
  readonly lines: readonly SourceLine[];
  /** Quotes after the closing one, with their line: left over from copying. */
  readonly stray: SourceLine | undefined;
  readonly closed: boolean;
}

/** Whether the text is a shell script rather than rules. */
export function isScript(lines: readonly SourceLine[]): boolean {
  return lines.some(({ text }) => ASSIGNMENT.test(text)) || optionOf(lines) !== undefined;
}

/**
 * Find the rules in a pasted shell script, as model cards show it: in the variable that goes to `--custom-q`, or in the
 * option itself; without the option, in the one variable that holds rules. The script is read, not run.
 */
export function scriptRules(lines: readonly SourceLine[], file: string): ScriptRules {
  const option = optionOf(lines);
  const variable = /^\$\{?(\w+)\}?$/.exec(option?.text ?? '')?.[1];
  if (option !== undefined && variable === undefined) {
    checkExpansion([option], file);
    return { lines: [option], notes: [taken('the option --custom-q', [option]), ...otherWords(lines)] };
  }
  const holders = assignments(lines).filter(holdsRules);
  const blocks = holders.filter(({ name }) => variable === undefined || name === variable);
  const [block, second] = blocks;
  if (second !== undefined) throw ambiguous(blocks, file);
  if (block === undefined) throw withoutRules(variable, file);
  return blockRules(block, lines, file);
}

function blockRules(block: Assignment, lines: readonly SourceLine[], file: string): ScriptRules {
  if (!block.closed) {
    throw new RecipeError('unterminated-block', `the quoted text of ${block.name} does not end`, {
      file,
      line: block.lines[0]?.line,
      advice: `Copy the script again, up to the line with the closing ${block.quote}.`,
    });
  }
  const notes = [
    taken(`the variable ${block.name}`, block.lines),
    ...strayQuotes(block, lines),
    ...otherWords(lines),
  ];
  if (block.quote === "'") return { lines: block.lines, notes };
  checkExpansion(block.lines, file);
  // Between double quotes a backslash hides only these four characters; before any other it stays.
  const unescaped = block.lines.map(({ line, text }) => ({ line, text: text.replace(/\\([\\"$`])/g, '$1') }));
  return { lines: unescaped, notes };
}

/** Quotes after the end of the block that close nothing: right behind its closing quote, or alone on a line. */
function strayQuotes(block: Assignment, lines: readonly SourceLine[]): RecipeNote[] {
  const last = block.lines.at(-1)?.line ?? 0;
  const alone = lines.filter(({ line, text }) => line > last && /^\s*["']+\s*$/.test(text));
  return [...(block.stray === undefined ? [] : [block.stray]), ...alone].map(({ line, text }) => ({
    line,
    text: `${text.trim()} closes nothing: left out`,
  }));
}

/** All quoted texts that the script gives to variables. */
function assignments(lines: readonly SourceLine[]): Assignment[] {
  const found: Assignment[] = [];
  for (let i = 0; i < lines.length; i++) {
    const start = ASSIGNMENT.exec(lines[i]?.text ?? '');
    if (start === null) continue;
    const [opening, name = '', quote = ''] = start;
    const assignment = quotedText(lines, i, opening.length, name, quote);
    found.push(assignment);
    if (assignment.closed) i += assignment.lines.length - 1;
  }
  return found;
}

/** The quoted text that starts in line `first` after `skip` characters. Quotes in comment lines close nothing. */
function quotedText(
  lines: readonly SourceLine[],
  first: number,
  skip: number,
  name: string,
  quote: string,
): Assignment {
  const closing = quote === '"' ? /^((?:\\[^]|[^"\\])*)"(["']*)/ : /^([^']*)'(["']*)/;
  const taken: SourceLine[] = [];
  for (let i = first; i < lines.length; i++) {
    const { line, text } = lines[i] ?? { line: 0, text: '' };
    const content = i === first ? text.slice(skip) : text;
    const end = /^\s*#/.test(content) ? null : closing.exec(content);
    taken.push({ line, text: end?.[1] ?? content });
    if (end === null) continue;
    const stray = end[2] ?? '';
    return {
      name,
      quote,
      lines: taken,
      stray: stray === '' ? undefined : { line, text: stray },
      closed: true,
    };
  }
  return { name, quote, lines: taken, stray: undefined, closed: false };
}

function holdsRules({ lines }: Assignment): boolean {
  return lines.some(({ text }) => /^[^#]+=\s*\w+\s*(?:,|#|$)/.test(text.trim()));
}

function optionOf(lines: readonly SourceLine[]): SourceLine | undefined {
  for (const { line, text } of lines) {
    const option = text.trimStart().startsWith('#') ? null : OPTION.exec(text);
    if (option !== null) return { line, text: option[1] ?? option[2] ?? option[3] ?? '' };
  }
  return undefined;
}

/** Rules that a shell would still change cannot be read. A `$` that ends a pattern stays as it is in a shell too. */
function checkExpansion(lines: readonly SourceLine[], file: string): void {
  for (const { line, text } of lines) {
    const expansion = text.trimStart().startsWith('#') ? null : /(?<!\\)(?:\$[A-Za-z_{(]\w*|`)/.exec(text);
    if (expansion === null) continue;
    throw new RecipeError('shell-expansion', 'the shell would put something else here', {
      file,
      line,
      found: expansion[0],
      advice: 'Write out what it stands for; the script is read, not run.',
    });
  }
}

function taken(from: string, lines: readonly SourceLine[]): RecipeNote {
  const first = lines[0]?.line ?? 1;
  const last = lines.at(-1)?.line ?? first;
  const where = first === last ? `line ${first}` : `lines ${first} to ${last}`;
  return { line: first, text: `the rules are those of ${from}, ${where}; the rest of the script is not run` };
}

/** What else the script asks for, so that nobody believes it was followed. */
function otherWords(lines: readonly SourceLine[]): RecipeNote[] {
  const notes: RecipeNote[] = [];
  const names = new Set(ftypes.map(({ name }) => name));
  for (const { line, text } of lines) {
    if (text.trimStart().startsWith('#')) continue;
    const imatrix = /--imatrix[=\s]+(\S+)/.exec(text)?.[1];
    if (imatrix !== undefined)
      notes.push({ line, text: `the script names the importance matrix ${imatrix}: not read` });
    const ftype = text.split(/\s+/).find((word) => names.has(word));
    if (ftype !== undefined)
      notes.push({ line, text: `the script names the file type ${ftype}: not taken over` });
  }
  return notes;
}

function withoutRules(variable: string | undefined, file: string): RecipeError {
  return new RecipeError('no-rules', 'this is a shell script without rules', {
    file,
    found:
      variable === undefined
        ? 'no variable in quotes that holds rules'
        : `--custom-q $${variable}, but no rules in quotes for ${variable}`,
    advice: 'Give the rules themselves: one pattern=type a line.',
  });
}

function ambiguous(blocks: readonly Assignment[], file: string): RecipeError {
  return new RecipeError('ambiguous-script', 'more than one variable of the script holds rules', {
    file,
    line: blocks[1]?.lines[0]?.line,
    found: blocks.map(({ name, lines }) => `${name} in line ${lines[0]?.line ?? 0}`).join(', '),
    advice: 'Keep the one that is meant.',
  });
}
