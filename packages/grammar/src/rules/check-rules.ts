import { GrammarError } from '../error';
import type { Expression, Rules } from './expression';
import type { Scanner } from './scanner';

/** Looks into expressions while rules are checked. Threat: rules that are looked at again and again. Largest: one for each character. */
const MAX_STEPS = 5_000_000;

/** Check that all rules are there, `root` among them, and that none begins with itself: it could not be followed letter by letter. */
export function checkRules(rules: Rules, scanner: Scanner): Rules {
  if (!rules.has('root')) throw scanner.wrong('no rule root', 'root ::= …');
  for (const rule of rules.values()) {
    const missing = namesIn(rule).find((name) => !rules.has(name));
    if (missing !== undefined) {
      throw scanner.wrong(`the rule ${missing}, which is nowhere`, [...rules.keys()].slice(0, 20).join(', '));
    }
  }
  const empty = new EmptyRules(rules, scanner);
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
      open.push({ name, isLeft: true });
      for (const one of begins.get(name) ?? []) open.push({ name: one, isLeft: false });
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
class EmptyRules {
  readonly #names = new Set<string>();
  #steps = 0;

  constructor(
    rules: Rules,
    private readonly scanner: Scanner,
  ) {
    const users = new Map<string, string[]>([...rules.keys()].map((name) => [name, []]));
    for (const [name, rule] of rules) for (const used of namesIn(rule)) users.get(used)?.push(name);
    // After the first round, only those are looked at again that name one that was found.
    for (let open = new Set(rules.keys()); open.size > 0;) {
      const found = [...open].filter((name) => !this.#names.has(name) && this.#isEmptyRule(rules.get(name)));
      for (const name of found) this.#names.add(name);
      open = new Set(found.flatMap((name) => users.get(name) ?? []));
    }
  }

  /** Whether the empty text is what an expression says. */
  has(expression: Expression): boolean {
    if (++this.#steps > MAX_STEPS) {
      throw this.scanner.wrong('rules that depend on too many others', `${MAX_STEPS} steps`);
    }
    switch (expression.kind) {
      case 'character':
        return false;
      case 'rule':
        return this.#names.has(expression.name);
      case 'sequence':
        return expression.parts.every((part) => this.has(part));
      case 'choice':
        return expression.options.some((option) => this.has(option));
      case 'repeat':
        return expression.least === 0 || this.has(expression.what);
    }
  }

  #isEmptyRule(rule: Expression | undefined): boolean {
    return rule !== undefined && this.has(rule);
  }
}

/** The rules that an expression may begin with. */
function firstNames(expression: Expression, empty: EmptyRules): readonly string[] {
  if (expression.kind === 'rule') return [expression.name];
  if (expression.kind !== 'sequence') return parts(expression).flatMap((part) => firstNames(part, empty));
  const solid = expression.parts.findIndex((part) => !empty.has(part));
  const firsts = solid < 0 ? expression.parts : expression.parts.slice(0, solid + 1);
  return firsts.flatMap((part) => firstNames(part, empty));
}
