import { type Environment, Interpreter } from '@huggingface/jinja';
import { MAX_ARRAY_LENGTH, STEPS_PER_RUN } from '../limits';
import type { Budget } from './budget';
import { filters, preparations, type FilterArguments } from './filters';
import { memberOf } from './members';
import type {
  AnyNode,
  DictNode,
  FilterNode,
  LoopNode,
  MemberNode,
  NamedArgumentNode,
  OperatorNode,
  OwnNode,
  TestNode,
} from './nodes';
import { operators } from './operators';
import { tests } from './tests';
import { dict, isNumber, isText, itemsOf, list, missing, text, truth, typeName, type Value } from './values';

/**
 * The library's interpreter with what published templates need of Python: where Jinja2 differs, a node is evaluated here, or its
 * parts are made into what the library takes. The record of 2026-11-28 in docs/decisions tells which differences were seen.
 */
export class PythonInterpreter extends Interpreter {
  /** What loops run over: evaluating it is paid for all runs at once, because a loop without a body evaluates nothing else. */
  readonly #loopedOver = new WeakSet<AnyNode>();
  readonly #budget: Budget;

  constructor(environment: Environment, budget: Budget) {
    super(environment);
    this.#budget = budget;
  }

  override evaluate(node: AnyNode | undefined, environment: Environment): Value {
    if (node === undefined) return missing;
    const isLoopedOver = this.#loopedOver.has(node);
    const value = this.#valueOf(node as OwnNode, environment);
    const looped = isLoopedOver ? list([...itemsOf(value)]) : value;
    this.#budget.spend(1 + (isLoopedOver ? sizeOf(looped) * STEPS_PER_RUN : 0));
    this.#budget.spendSize(sizeOf(looped));
    return looped;
  }

  #valueOf(node: OwnNode, environment: Environment): Value {
    switch (node.type) {
      case 'Given':
        return node.given;
      case 'For':
        return this.#loop(node, environment);
      case 'FilterExpression':
        return this.#filter(node, environment);
      case 'TestExpression':
        return this.#test(node, environment);
      case 'MemberExpression':
        return this.#member(node, environment);
      case 'BinaryExpression':
        return this.#operation(node, environment);
      case 'ObjectLiteral':
        return this.#dict(node, environment);
      case 'TupleLiteral':
        return list(node.value.map((item) => this.evaluate(item, environment)));
      default:
        return super.evaluate(node, environment);
    }
  }

  #loop(node: LoopNode, environment: Environment): Value {
    // `for x in list if test`: the list is inside.
    this.#loopedOver.add(node.iterable.lhs ?? node.iterable);
    return super.evaluate(node, environment);
  }

  #filter(node: FilterNode, environment: Environment): Value {
    const { operand, filter } = node;
    const name = filter.type === 'Identifier' ? filter.value : filter.callee.value;
    const value = this.evaluate(operand, environment);
    const own = filters.get(name);
    if (own !== undefined) {
      const given = this.#given(filter.type === 'Identifier' ? [] : filter.args, environment);
      return own(value, given, this.#budget, environment.tests);
    }
    const prepared = preparations.get(name)?.(value, this.#budget) ?? value;
    return super.evaluate(withValues(node, { operand: prepared }), environment);
  }

  #given(nodes: readonly AnyNode[], environment: Environment): FilterArguments {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    for (const node of nodes) {
      if (isNamed(node)) named.set(node.key.value, this.evaluate(node.value, environment));
      else positional.push(this.evaluate(node, environment));
    }
    return { positional, named };
  }

  #test(node: TestNode, environment: Environment): Value {
    const value = this.evaluate(node.operand, environment);
    const own = tests.get(node.test.value);
    if (own !== undefined) return truth(own(value) !== node.negate);
    return super.evaluate(withValues(node, { operand: value }), environment);
  }

  #member(node: MemberNode, environment: Environment): Value {
    const { object, property, computed } = node;
    const owner = this.evaluate(object, environment);
    const isKey = property.type !== 'SliceExpression';
    const key = computed && isKey ? this.evaluate(property, environment) : nameOf(property);
    const found = isKey ? memberOf(owner, key, computed) : undefined;
    if (found !== undefined) return found;
    const known = computed && isKey ? { object: owner, property: key } : { object: owner };
    return super.evaluate(withValues(node, known), environment);
  }

  #operation(node: OperatorNode, environment: Environment): Value {
    const own = operators.get(node.operator.value);
    if (own === undefined) return super.evaluate(node, environment);
    const [left, right] = [this.evaluate(node.left, environment), this.evaluate(node.right, environment)];
    const value = own(left, right, this.#budget);
    return value ?? super.evaluate(withValues(node, { left, right }), environment);
  }

  #dict(node: DictNode, environment: Environment): Value {
    const entries = [...node.value].map(([keyNode, valueNode]) => {
      const key = this.evaluate(keyNode, environment);
      if (!isText(key) && !isNumber(key))
        throw new TypeError(`a key is a text or a number, not '${typeName(key)}'`);
      return [key.value, this.evaluate(valueNode, environment)] as const;
    });
    return dict(entries);
  }
}

/** A node of which some parts are values already, and all others as they were. */
function withValues(node: OwnNode, values: Readonly<Record<string, Value>>): AnyNode {
  const parts = Object.entries(values).map(([name, given]) => [name, { type: 'Given', given }] as const);
  return Object.assign(Object.create(node) as AnyNode, Object.fromEntries(parts));
}

function isNamed(node: AnyNode): node is NamedArgumentNode {
  return node.type === 'KeywordArgumentExpression';
}

/** What stands behind a point: a name, or a number, which the library reads itself. */
function nameOf(property: AnyNode): Value {
  return 'value' in property && typeof property.value === 'string' ? text(property.value) : missing;
}

/** UTF-16 units of a text, elements of a list; a list that is too long is more than there is to spend. */
function sizeOf({ value }: Value): number {
  if (typeof value === 'string') return value.length;
  if (!Array.isArray(value)) return 0;
  return value.length > MAX_ARRAY_LENGTH ? Infinity : value.length;
}
