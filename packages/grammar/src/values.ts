import { tooOpen } from './error';
import type { JsonSchema, SchemaNode, SchemaReader } from './schema';
import { literal, number, oneOf, otherName, spaced, stringBody, type State } from './states';

type ObjectNode = Extract<SchemaNode, { readonly kind: 'object' }>;
type ArrayNode = Extract<SchemaNode, { readonly kind: 'array' }>;

/** Levels of values in a text. Threat: a model that opens brackets for ever. Largest: a dozen. */
const MAX_DEPTH = 64;

/** Values whose beginnings may be made between two pieces of a text. Threat: choices that lead to choices. Largest: some hundreds. */
const MAX_VALUES = 100_000;

/** Makes the places of values, by a schema. */
export class Values {
  #made = 0;

  constructor(private readonly schemas: SchemaReader) {}

  /** A piece of the text came: what was made before counts no longer. */
  forget(): void {
    this.#made = 0;
  }

  /** The beginnings of a value that a schema allows, each followed by `then`. @throws GrammarError `bad-grammar` for too many. */
  of(schema: JsonSchema, then: State, depth = 0): readonly State[] {
    if (depth === MAX_DEPTH) return [];
    if (++this.#made > MAX_VALUES) throw tooOpen(`${MAX_VALUES} values for a token`);
    const node = this.schemas.node(schema);
    switch (node.kind) {
      case 'any':
        return this.#any(then, depth);
      case 'string':
        return [literal('"', stringBody(node.least, node.most, then))];
      case 'number':
        return [number(node.isWhole, then)];
      case 'literals':
        return [oneOf(node.texts.map((text) => ({ text, then: () => then })))];
      case 'choice':
        return node.options.flatMap((option) => this.of(option, then, depth + 1));
      case 'array':
        return [literal('[', this.#elements(node, 0, then, depth + 1))];
      case 'object':
        return [literal('{', this.#members(node, new Set(), then, depth + 1))];
    }
  }

  #any(then: State, depth: number): readonly State[] {
    const types = ['string', 'number', 'boolean', 'null', 'array', 'object'];
    return types.flatMap((type) => this.of({ type }, then, depth + 1));
  }

  /** Behind `[`, or behind an element. */
  #elements(node: ArrayNode, count: number, then: State, depth: number): State {
    const more = (): readonly State[] =>
      count < node.most ? this.of(node.items, this.#elements(node, count + 1, then, depth), depth) : [];
    return spaced(() => [
      ...(count >= node.least ? [literal(']', then)] : []),
      ...(count === 0 || count >= node.most ? more() : [literal(',', spaced(more))]),
    ]);
  }

  /** Behind `{`, or behind a member; properties come in any order, each once. */
  #members(node: ObjectNode, seen: ReadonlySet<string>, then: State, depth: number): State {
    const more = (): readonly State[] => this.#names(node, seen, then, depth);
    const isDone = [...node.required].every((name) => seen.has(name));
    const canGoOn = node.others !== undefined || [...node.properties.keys()].some((name) => !seen.has(name));
    return spaced(() => [
      ...(isDone ? [literal('}', then)] : []),
      ...(seen.size === 0 ? more() : canGoOn ? [literal(',', spaced(more))] : []),
    ]);
  }

  #names(node: ObjectNode, seen: ReadonlySet<string>, then: State, depth: number): readonly State[] {
    const member = (schema: JsonSchema, name: string): State => {
      const rest = (): State => this.#members(node, new Set([...seen, name]), then, depth);
      return spaced(() => [
        literal(
          ':',
          spaced(() => this.of(schema, rest(), depth)),
        ),
      ]);
    };
    const open = [...node.properties].filter(([name]) => !seen.has(name));
    const names = open.map(([name, schema]) => ({
      text: JSON.stringify(name),
      then: () => member(schema, name),
    }));
    const known = names.length === 0 ? [] : [oneOf(names)];
    if (node.others === undefined) return known;
    // Names that are not in the schema all count as one: the set only has to tell that there is a member.
    const other = otherName(new Set([...node.properties.keys()]), member(node.others, OTHER));
    return [...known, literal('"', other)];
  }
}

/** Stands for all names that a schema does not know. No name of JSON has it: it is half of a surrogate pair. */
const OTHER = '\ud800';
