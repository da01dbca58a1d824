import type { Automaton } from '../automaton/automaton';
import type { JsonSchema, Keywords } from './keywords';

/** What a schema says of the properties of an object. */
export interface ObjectRule {
  readonly named: Keywords;
  readonly patterns: readonly NamePattern[];
  /** What schemas say that hold together, each of all properties. */
  readonly rules: readonly ObjectRule[];
  /** What properties are of which nothing else here speaks; `undefined`: it does not say. */
  readonly further: JsonSchema | undefined;
}

/** What properties are whose names match. */
export interface NamePattern {
  readonly automaton: Automaton;
  readonly schema: unknown;
}

/** A property, by its name or by the patterns that it matches. */
export interface PropertyName {
  readonly name: string | undefined;
  readonly isMatched: (automaton: Automaton) => boolean;
}

/** The schemas that a property has to be; `undefined` where nothing speaks of it. */
export function saidOf(rule: ObjectRule, property: PropertyName): readonly unknown[] | undefined {
  const { name, isMatched } = property;
  const own = name !== undefined && Object.hasOwn(rule.named, name) ? [rule.named[name]] : [];
  const matching = rule.patterns.filter(({ automaton }) => isMatched(automaton)).map(({ schema }) => schema);
  const inner = rule.rules.flatMap((one) => saidOf(one, property) ?? []);
  const said = [...own, ...matching, ...inner];
  if (said.length > 0) return said;
  return rule.further === undefined ? undefined : [rule.further];
}

/** All names that are told, each once. */
export function namesOf(rule: ObjectRule): readonly string[] {
  return [...new Set([...Object.keys(rule.named), ...rule.rules.flatMap(namesOf)])];
}

/** All patterns, each once. */
export function patternsOf(rule: ObjectRule): readonly Automaton[] {
  const own = rule.patterns.map(({ automaton }) => automaton);
  return [...new Set([...own, ...rule.rules.flatMap(patternsOf)])];
}
