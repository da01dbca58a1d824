import type { Interpreter } from '@huggingface/jinja';
import type { Value } from './values';

/*
 * The nodes of a parsed template that are looked into here. The library's types say of them only that they have a `type`.
 */

/** A node, of whatever kind. */
export type AnyNode = NonNullable<Parameters<Interpreter['evaluate']>[0]>;

/** `for`. */
export interface LoopNode extends AnyNode {
  readonly type: 'For';
  readonly iterable: AnyNode & { readonly lhs?: AnyNode };
}

/** `operand | filter`. */
export interface FilterNode extends AnyNode {
  readonly type: 'FilterExpression';
  readonly operand: AnyNode;
  readonly filter:
    | NameNode
    | { readonly type: 'CallExpression'; readonly callee: NameNode; readonly args: readonly AnyNode[] };
}

/** `operand is test`. */
export interface TestNode extends AnyNode {
  readonly type: 'TestExpression';
  readonly operand: AnyNode;
  readonly negate: boolean;
  readonly test: NameNode;
}

/** `object.name`, or with `computed` `object[key]`. */
export interface MemberNode extends AnyNode {
  readonly type: 'MemberExpression';
  readonly object: AnyNode;
  readonly property: AnyNode;
  readonly computed: boolean;
}

/** An operator between two values. */
export interface OperatorNode extends AnyNode {
  readonly type: 'BinaryExpression';
  readonly operator: { readonly value: string };
  readonly left: AnyNode;
  readonly right: AnyNode;
}

/** `{key: value}`. */
export interface DictNode extends AnyNode {
  readonly type: 'ObjectLiteral';
  readonly value: ReadonlyMap<AnyNode, AnyNode>;
}

/** `(one, other)`. */
export interface TupleNode extends AnyNode {
  readonly type: 'TupleLiteral';
  readonly value: readonly AnyNode[];
}

/** A name. */
export interface NameNode extends AnyNode {
  readonly type: 'Identifier';
  readonly value: string;
}

/** An argument that is given by name. */
export interface NamedArgumentNode extends AnyNode {
  readonly type: 'KeywordArgumentExpression';
  readonly key: NameNode;
  readonly value: AnyNode;
}

/** In the place of a node whose value is known. */
export interface GivenNode extends AnyNode {
  readonly type: 'Given';
  readonly given: Value;
}

/** A node that is evaluated here, as a whole or in part. */
export type OwnNode =
  LoopNode | FilterNode | TestNode | MemberNode | OperatorNode | DictNode | TupleNode | GivenNode;
