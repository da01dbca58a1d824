import { GrammarError } from '../error';
import type { Expression, Rules } from './expression';
import type { Scanner } from './scanner';

/** Check that all rules are there, `root` among them, and that none begins with itself: it could not be followed letter by letter. */
export function checkRules(rules: Rules, scanner: Scanner): Rules {
  if (!rules.has('root')) throw scanner.wrong('no rule root', 'root ::= …');
  for (const name of [...rules.values()].flatMap(namesIn)) {
    if (!rules.has(name))
      throw scanner.wrong(`the rule ${name}, which is nowhere`, [...rules.keys()].slice(0, 20).join(', '));
  }
  const empty = emptyRules(rules);
  const begins = new Map([...rules].map(([name, rule]) => [name, firstNames(rule, empty)]));
  const done = new Set<string>();
  for (const name of rules.keys()) refuseCircle(name, begins, done);
  return rules;
}

/** Follow the rules that a rule may begin with, without the stack: grammars may be deep. */
function refuseCircle(
  start: string,
  begins: ReadonlyMap<string, readonly string[]>,
  done: Set<string>,
): void {
  const path = new Set<string>();
  const open: { readonly name: string; readonly isLeft: boolean }[] = [{ name: start, isLeft: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, isLeft } = next;
    if (isLeft) {
      path.delete(name);
      done.add(name);
    } else if (path.has(name)) {
      throw new GrammarError('left-recursion', 'a rule of the grammar begins with itself', {
        found: name,
        advice: 'Write it as a repetition, or with the recursion at the end.',
      });
    } else if (!done.has(name)) {
      path.add(name);
      open.push(
        { name, isLeft: true },
        ...(begins.get(name) ?? []).map((one) => ({ name: one, isLeft: false })),
      );
    }
  }
}

function parts(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'sequence':
      return expression.parts;
    case 'choice':
      return expression.options;
    case 'repeat':
      return [expression.what];
    default:
      return [];
  }
}

function namesIn(expression: Expression): readonly string[] {
  return expression.kind === 'rule' ? [expression.name] : parts(expression).flatMap(namesIn);
}

/** The rules that the empty text is one of. */
function emptyRules(rules: Rules): ReadonlySet<string> {
  const empty = new Set<string>();
  for (let before = -1; before < empty.size;) {
    before = empty.size;
    for (const [name, rule] of rules) if (!empty.has(name) && mayBeEmpty(rule, empty)) empty.add(name);
  }
  return empty;
}

function mayBeEmpty(expression: Expression, empty: ReadonlySet<string>): boolean {
  switch (expression.kind) {
    case 'character':
      return false;
    case 'rule':
      return empty.has(expression.name);
    case 'sequence':
      return expression.parts.every((part) => mayBeEmpty(part, empty));
    case 'choice':
      return expression.options.some((option) => mayBeEmpty(option, empty));
    case 'repeat':
      return expression.least === 0 || mayBeEmpty(expression.what, empty);
  }
}

/** The rules that an expression may begin with. */
function firstNames(expression: Expression, empty: ReadonlySet<string>): readonly string[] {
  if (expression.kind === 'rule') return [expression.name];
  if (expression.kind !== 'sequence') return parts(expression).flatMap((part) => firstNames(part, empty));
  const solid = expression.parts.findIndex((part) => !mayBeEmpty(part, empty));
  const firsts = solid < 0 ? expression.parts : expression.parts.slice(0, solid + 1);
  return firsts.flatMap((part) => firstNames(part, empty));
}
