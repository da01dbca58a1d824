import { STEPS_PER_VALUE } from '../limits';
import type { Budget } from './budget';
import { numberText, textOf } from './text-of';
import { entriesOf, isDict, isList, isNone, isNumber, isText, isTruth, typeName, type Value } from './values';

/** How JSON is written. */
export interface JsonStyle {
  /** What each level is indented by; everything stands on one line when left out. */
  readonly indent?: string | undefined;
  /** What stands between two values, and between a key and its value. */
  readonly separators: readonly [items: string, key: string];
  readonly isAscii: boolean;
  readonly sortsKeys: boolean;
}

/** A value as Python's `json.dumps` writes it. */
export function jsonOf(value: Value, style: JsonStyle, budget: Budget, depth = 0): string {
  budget.spend(STEPS_PER_VALUE);
  if (isNone(value)) return 'null';
  if (isTruth(value)) return String(value.value);
  if (isNumber(value)) return numberText(value);
  if (isText(value)) return textJson(value.value, style);
  const inside = (one: Value): string => jsonOf(one, style, budget, depth + 1);
  if (isList(value)) return around('[]', value.value.map(inside), style, depth, budget);
  if (!isDict(value)) throw new TypeError(`Object of type ${typeName(value)} is not JSON serializable`);
  const entries = entriesOf(value).map(([key, one]) => [textOf(key, budget), one] as const);
  if (style.sortsKeys) entries.sort(([one], [other]) => (one < other ? -1 : 1));
  const parts = entries.map(([key, one]) => `${textJson(key, style)}${style.separators[1]}${inside(one)}`);
  return around('{}', parts, style, depth, budget);
}

function textJson(value: string, { isAscii }: JsonStyle): string {
  const written = JSON.stringify(value);
  return isAscii
    ? written.replace(/[^\0-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : written;
}

function around(
  brackets: string,
  parts: readonly string[],
  { indent, separators }: JsonStyle,
  depth: number,
  budget: Budget,
): string {
  const [open, close] = brackets;
  if (indent === undefined || parts.length === 0) return `${open}${parts.join(separators[0])}${close}`;
  budget.spendSize(indent.length * (depth + 1) * (parts.length + 1));
  const line = `\n${indent.repeat(depth + 1)}`;
  return `${open}${line}${parts.join(`${separators[0]}${line}`)}\n${indent.repeat(depth)}${close}`;
}
