import type { Automaton } from '../automaton/automaton';
import type { TextRule } from '../automaton/text-rule';
import type { NumberRule } from './number-rule';

/** One way to be what a schema allows. */
export type SchemaNode =
  /** `undefined`: any text. */
  | { readonly kind: 'string'; readonly rule: TextRule | undefined }
  /** `undefined`: any number. */
  | { readonly kind: 'number'; readonly isWhole: boolean; readonly rule: NumberRule | undefined }
  /** One of these texts of JSON. */
  | { readonly kind: 'literals'; readonly texts: readonly string[] }
  | ArrayNode
  | ObjectNode;

/** A list of values. */
export interface ArrayNode {
  readonly kind: 'array';
  /** What the first elements may be. */
  readonly first: readonly SchemaPart[];
  /** What all further ones may be. */
  readonly items: SchemaPart;
  /** What elements may be, where each may come once; `undefined` where they may come again. */
  readonly distinct: DistinctElements | undefined;
  readonly least: number;
  readonly most: number;
}

/** Elements of which each may come once: some values, as JSON, or strings. */
export type DistinctElements =
  | { readonly kind: 'values'; readonly texts: readonly string[] }
  | { readonly kind: 'strings'; readonly strings: Automaton };

/** Properties in any order. */
export interface ObjectNode {
  readonly kind: 'object';
  /** Those that have to be there come first: who closes a text takes the first that leads to its end. */
  readonly properties: ReadonlyMap<string, SchemaPart>;
  readonly required: ReadonlySet<string>;
  /** What properties of other names may be; no name is of two of them. */
  readonly others: readonly OtherProperties[];
  readonly least: number;
  readonly most: number;
}

/** Properties that have no name in the schema. */
export interface OtherProperties {
  readonly names: Automaton;
  /** How many names there are besides those of the schema's properties. */
  readonly count: number;
  readonly part: SchemaPart;
}

/** Levels of values in a text. Threat: a model that opens brackets for ever. Largest: a dozen. */
export const MAX_DEPTH = 64;

/** A place in a schema. What it allows is read when it is needed, so that a schema that refers to itself is no matter. */
export class SchemaPart {
  #nodes: readonly SchemaNode[] | undefined;
  #heights: ReadonlyMap<SchemaNode, number> | undefined;

  constructor(private readonly read: () => readonly SchemaNode[]) {}

  /** All ways to be what the schema allows. @throws GrammarError. */
  get nodes(): readonly SchemaNode[] {
    return (this.#nodes ??= this.read());
  }

  /** The ways that need no more levels of values within values than these, those that need the fewest first. */
  within(levels: number): readonly SchemaNode[] {
    const heights = this.#measured();
    return [...heights].flatMap(([node, height]) => (height <= levels ? [node] : []));
  }

  /** Levels of values that the flattest value has; infinite where there is none. */
  get height(): number {
    const [first] = this.#measured().values();
    return first ?? Infinity;
  }

  /** Whether no value is what the schema allows, as far as values so many levels within it show. */
  isEmpty(levels: number): boolean {
    if (levels === 0) return false;
    const heightOf = (part: SchemaPart): number => (part.isEmpty(levels - 1) ? Infinity : 0);
    return this.nodes.every((node) => nodeHeight(node, heightOf) === Infinity);
  }

  #measured(): ReadonlyMap<SchemaNode, number> {
    return (this.#heights ??= this.#measure());
  }

  /** All parts that this one leads to are measured together: each round finds the values that are one level higher. */
  #measure(): ReadonlyMap<SchemaNode, number> {
    const parts = new Set<SchemaPart>([this]);
    for (const part of parts) for (const child of part.nodes.flatMap(children)) parts.add(child);
    const known = new Map<SchemaPart, number>();
    const heightOf = (part: SchemaPart): number => known.get(part) ?? Infinity;
    for (let round = 0, isNew = true; (isNew || round === 1) && round <= MAX_DEPTH; round++) {
      isNew = false;
      for (const part of parts) {
        if (known.has(part) || !part.nodes.some((node) => nodeHeight(node, heightOf) <= round)) continue;
        known.set(part, round);
        isNew = true;
      }
    }
    for (const part of parts) part.#heights ??= sorted(part.nodes, heightOf);
    return this.#heights ?? sorted(this.nodes, heightOf);
  }
}

function sorted(
  nodes: readonly SchemaNode[],
  heightOf: (part: SchemaPart) => number,
): ReadonlyMap<SchemaNode, number> {
  const heights = nodes.map((node): readonly [SchemaNode, number] => [node, nodeHeight(node, heightOf)]);
  return new Map(heights.filter(([, height]) => height < Infinity).sort(([, a], [, b]) => a - b));
}

function children(node: SchemaNode): readonly SchemaPart[] {
  switch (node.kind) {
    case 'array':
      return [...node.first, node.items];
    case 'object':
      return [...node.properties.values(), ...node.others.map(({ part }) => part)];
    default:
      return [];
  }
}

/** The parts that every value of a node has. */
export function neededParts(node: SchemaNode): readonly SchemaPart[] {
  switch (node.kind) {
    case 'array':
      return neededElements(node);
    case 'object':
      return [...node.required].map((name) => node.properties.get(name) ?? NOTHING);
    default:
      return [];
  }
}

function nodeHeight(node: SchemaNode, heightOf: (part: SchemaPart) => number): number {
  switch (node.kind) {
    case 'string':
      return node.rule === undefined || node.rule.start !== undefined ? 0 : Infinity;
    case 'number':
      return node.rule === undefined || node.rule.isPossible ? 0 : Infinity;
    case 'literals':
      return node.texts.length > 0 ? 0 : Infinity;
    case 'array':
      return arrayHeight(node, heightOf);
    case 'object':
      return objectHeight(node, heightOf);
  }
}

function arrayHeight(node: ArrayNode, heightOf: (part: SchemaPart) => number): number {
  if (node.least > node.most) return Infinity;
  return 1 + neededElements(node).reduce((highest, part) => Math.max(highest, heightOf(part)), 0);
}

function neededElements({ first, items, least }: ArrayNode): readonly SchemaPart[] {
  const needed = first.slice(0, least);
  return least > first.length ? [...needed, items] : needed;
}

function objectHeight(node: ObjectNode, heightOf: (part: SchemaPart) => number): number {
  const { properties, required, others, least, most } = node;
  if (least > most || required.size > most) return Infinity;
  const needed = neededParts(node).map(heightOf);
  let missing = least - required.size;
  if (missing > 0) {
    const free = [...properties].flatMap(([name, part]) => (required.has(name) ? [] : [{ part, count: 1 }]));
    const heights = [...free, ...others].map(({ part, count }) => ({ height: heightOf(part), count }));
    for (const { height, count } of heights.sort((a, b) => compared(a.height, b.height))) {
      if (missing <= 0) break;
      needed.push(height);
      missing -= count;
    }
  }
  return missing > 0 ? Infinity : 1 + needed.reduce((highest, height) => Math.max(highest, height), 0);
}

/** Stands for a property that cannot be. */
const NOTHING = new SchemaPart(() => []);

/** The order of two heights, which may be infinite both: their difference is no number then. */
function compared(one: number, other: number): number {
  return one === other ? 0 : one - other;
}
