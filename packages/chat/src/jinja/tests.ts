import { isDict, isFloat, isList, isMissing, isText, numberOf, type Value } from './values';

/** What is undefined has the methods of a sequence that is empty. */
const isSequence = (value: Value): boolean =>
  isText(value) || isList(value) || isDict(value) || isMissing(value);

/** Jinja's tests that the library has not, or has for fewer kinds of values. */
export const tests: ReadonlyMap<string, (value: Value) => boolean> = new Map([
  ['iterable', isSequence],
  ['sequence', isSequence],
  ['number', (value) => numberOf(value) !== undefined],
  ['float', isFloat],
]);
