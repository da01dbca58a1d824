import { STEPS_PER_VALUE } from '../limits';
import type { Budget } from './budget';
import {
  entriesOf,
  isFloat,
  isList,
  isMap,
  isMissing,
  isNone,
  isNumber,
  isText,
  isTruth,
  typeName,
  type NumberValue,
  type Value,
} from './values';

/** A value as Python's `str` writes it; nothing, where there is no value. */
export function textOf(value: Value, budget: Budget): string {
  if (isText(value)) return value.value;
  return isMissing(value) ? '' : reprOf(value, budget);
}

/** A value as Python's `repr` writes it. */
function reprOf(value: Value, budget: Budget): string {
  budget.spend(STEPS_PER_VALUE);
  if (isText(value)) return quoted(value.value);
  if (isNumber(value)) return numberText(value);
  if (isTruth(value)) return value.value ? 'True' : 'False';
  if (isNone(value)) return 'None';
  if (isMissing(value)) return 'Undefined';
  if (isList(value)) return `[${value.value.map((item) => reprOf(item, budget)).join(', ')}]`;
  if (!isMap(value)) return `<${typeName(value)}>`;
  const entries = entriesOf(value).map(([key, one]) => `${reprOf(key, budget)}: ${reprOf(one, budget)}`);
  return `{${entries.join(', ')}}`;
}

/** A number as Python writes it: of a float the shortest digits, and an exponent of two digits from 1e16 on and below 1e-4. */
export function numberText(number: NumberValue): string {
  const { value } = number;
  if (!isFloat(number)) return String(value);
  const [digits = '', power = ''] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const sign = Object.is(value, -0) ? '-' : '';
  return Number.isInteger(value) ? `${sign}${value}.0` : String(value);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** A text in quotes: single ones, if there are not only such in it. */
function quoted(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = value.replace(
    /[\\\p{C}\p{Z}]/gu,
    (one) => ESCAPES.get(one) ?? (one === ' ' ? one : escapedCode(one)),
  );
  return `${quote}${escaped.replaceAll(quote, `\\${quote}`)}${quote}`;
}

function escapedCode(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
