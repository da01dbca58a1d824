import { STEPS_PER_VALUE } from '../limits';
import type { Budget } from './budget';
import { textOf } from './text-of';
import {
  entriesOf,
  isDict,
  isList,
  isNone,
  isText,
  itemsOf,
  numberOf,
  text,
  truth,
  typeName,
  valueAt,
  type Value,
} from './values';

/** What an operator makes of two values; `undefined` where that is left to the library. */
type Operator = (left: Value, right: Value, budget: Budget) => Value | undefined;

/** Operators that the library has for some kinds of values only, or for more than Jinja2 has. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['==', (left, right, budget) => truth(isEqual(left, right, budget))],
  ['!=', (left, right, budget) => truth(!isEqual(left, right, budget))],
  ['in', (left, right, budget) => truth(isIn(left, right, budget))],
  ['not in', (left, right, budget) => truth(!isIn(left, right, budget))],
  ['~', (left, right, budget) => text(textOf(left, budget) + textOf(right, budget))],
  ['*', repeated],
  ['+', refuseMixed],
]);

/** A text that is repeated. */
function repeated(left: Value, right: Value, budget: Budget): Value | undefined {
  const count = numberOf(right);
  if (count === undefined || !isText(left)) return undefined;
  const times = Math.max(0, count);
  budget.spendSize(left.value.length * times);
  return text(left.value.repeat(times));
}

/** A text and a list, or a dict, make no text: a template that knows texts alone has to say so. */
function refuseMixed(left: Value, right: Value): undefined {
  if (isText(left) === isText(right)) return;
  throw new TypeError(`can only concatenate texts, not '${typeName(left)}' and '${typeName(right)}'`);
}

function isEqual(one: Value, other: Value, budget: Budget): boolean {
  budget.spend(STEPS_PER_VALUE);
  const [number, otherNumber] = [numberOf(one), numberOf(other)];
  if (number !== undefined || otherNumber !== undefined) return number === otherNumber;
  if (isList(one) && isList(other)) {
    const { length } = one.value;
    return (
      length === other.value.length &&
      one.value.every((item, place) => isEqual(item, other.value[place] ?? item, budget))
    );
  }
  if (isDict(one) && isDict(other)) {
    const hasSame = ([key, value]: readonly [Value, Value]): boolean => {
      const found = valueAt(other, key);
      return found !== undefined && isEqual(value, found, budget);
    };
    return one.value.size === other.value.size && entriesOf(one).every(hasSame);
  }
  return isNone(one) === isNone(other) && one.value === other.value;
}

/** Whether something is in a list, a dict or a text. */
function isIn(one: Value, all: Value, budget: Budget): boolean {
  if (isText(all)) {
    if (isText(one)) return all.value.includes(one.value);
    throw new TypeError(`'in <string>' requires string as left operand, not ${typeName(one)}`);
  }
  if (isDict(all)) return valueAt(all, one) !== undefined;
  return itemsOf(all).some((item) => isEqual(one, item, budget));
}
