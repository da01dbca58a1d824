import { parse, tokenize } from '@huggingface/jinja';
import type { AnyNode } from './nodes';

/** Nodes that give no value to be written: text as it stands, and statements, whose text is their own matter. */
const WITHOUT_VALUE: ReadonlySet<string> = new Set([
  ...['StringLiteral', 'Comment', 'Set', 'If', 'For', 'Macro', 'CallStatement', 'FilterStatement'],
  ...['Break', 'Continue'],
]);

/** The keys of nodes that hold statements. */
const BLOCKS = ['body', 'alternate', 'defaultBlock'] as const;
type Block = AnyNode & Partial<Record<(typeof BLOCKS)[number], unknown>>;

/**
 * Make `{{ x }}` of a parsed template `{{ x | string }}`: the library writes lists and `None` otherwise than Python. Changes the nodes
 * where they are.
 */
export function writeAsText(node: Block): void {
  for (const key of BLOCKS) {
    const statements = node[key];
    // What a block of a filter or a macro holds is a list as well; what is set to a value has none.
    if (!Array.isArray(statements)) continue;
    for (const [place, statement] of (statements as AnyNode[]).entries()) {
      if (WITHOUT_VALUE.has(statement.type)) writeAsText(statement);
      else statements[place] = asText(statement);
    }
  }
}

/** A node of the library's own class: it looks into those alone when it searches a macro for the arguments that it uses. */
function asText(operand: AnyNode): unknown {
  const [filtered] = parse(tokenize('{{ x | string }}')).body;
  return Object.assign(filtered ?? operand, { operand });
}
