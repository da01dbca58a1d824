import { parse, tokenize } from '@huggingface/jinja';

/** Filters of text that Jinja gives nothing for what is undefined, and that the library refuses then. */
const TEXT_FILTERS = new Set(['trim', 'lower', 'upper', 'capitalize', 'title']);

/** A node of a parsed template, of which the library's types say next to nothing. */
interface Node {
  readonly type: string;
  operand?: unknown;
  filter?: unknown;
}

/**
 * Make `x | trim` of a parsed template `x | default('') | trim`, and the like: what is undefined has no text in Jinja.
 * (Hermes' templates trim descriptions that a tool may not have.) Changes the nodes where they are.
 */
export function giveUndefinedNoText(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  for (const child of Object.values(node)) giveUndefinedNoText(child);
  if (isTextFilter(node)) node.operand = withDefault(node.operand);
}

function isTextFilter(node: object): node is Node {
  const { type, filter } = node as Node;
  if (type !== 'FilterExpression' || typeof filter !== 'object' || filter === null) return false;
  return 'value' in filter && typeof filter.value === 'string' && TEXT_FILTERS.has(filter.value);
}

function withDefault(operand: unknown): unknown {
  const [filtered] = parse(tokenize("{{ x | default('') }}")).body as unknown as Node[];
  return filtered === undefined ? operand : Object.assign(filtered, { operand });
}
