import type { Budget } from './budget';
import { jsonOf } from './json-of';
import { strip } from './strip';
import { textOf } from './text-of';
import {
  entriesOf,
  integer,
  isDict,
  isMissing,
  isText,
  isTrue,
  itemsOf,
  list,
  numberOf,
  text,
  typeName,
  type Value,
} from './values';

/** What a filter is given in the template. */
export interface FilterArguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

/** Jinja's tests, by name. */
type Tests = ReadonlyMap<string, (...values: Value[]) => boolean>;

/** A filter as Jinja2 has it. */
type Filter = (value: Value, given: FilterArguments, budget: Budget, tests: Tests) => Value;

/** What the library's filters are applied to, where it takes fewer kinds of values than Jinja2. */
type Preparation = (value: Value, budget: Budget) => Value;

const asText: Preparation = (value, budget) => text(textOf(value, budget));
/** What is not there has no items; what counts as false has none that could be selected. */
const asItems: Preparation = (value) => (isMissing(value) ? list([]) : value);
const asSelected: Preparation = (value) => (isTrue(value) ? value : list([]));

/** By filter. */
export const preparations: ReadonlyMap<string, Preparation> = new Map([
  ...(['upper', 'lower', 'title', 'capitalize', 'replace'] as const).map((name) => [name, asText] as const),
  ...(['length', 'list', 'first', 'last', 'join', 'unique'] as const).map((name) => [name, asItems] as const),
  ...(['selectattr', 'rejectattr', 'map'] as const).map((name) => [name, asSelected] as const),
]);

const json: Filter = (value, { named }, budget) => {
  const indent = Math.max(0, numberOf(named.get('indent') ?? integer(0)) ?? 0);
  budget.spendSize(indent);
  const hasIndent = indent > 0;
  const parts = itemsOf(named.get('separators') ?? list([])).filter(isText);
  const [items = hasIndent ? ',' : ', ', key = ': '] = parts.map((part) => part.value);
  const isSet = (name: string): boolean => isTrue(named.get(name) ?? integer(0));
  const style = { isAscii: isSet('ensure_ascii'), sortsKeys: isSet('sort_keys') };
  const spaces = hasIndent ? ' '.repeat(indent) : undefined;
  return text(jsonOf(value, { ...style, indent: spaces, separators: [items, key] }, budget));
};

/** By key, without regard to large letters. */
const dictsort: Filter = (value, { positional, named }) => {
  if (!isDict(value)) throw new TypeError(`a dict is sorted, not '${typeName(value)}'`);
  if (positional.length + named.size > 0) throw new TypeError('dictsort takes no arguments here');
  const keyed = entriesOf(value).map((entry) => {
    const [key] = entry;
    return { order: isText(key) ? key.value.toLowerCase() : (numberOf(key) ?? 0), entry };
  });
  keyed.sort((one, other) => (one.order < other.order ? -1 : Number(one.order > other.order)));
  return list(keyed.map(({ entry }) => list([...entry])));
};

const items: Filter = (value) => {
  if (isMissing(value)) return list([]);
  if (!isDict(value)) throw new TypeError(`only dicts have items, not '${typeName(value)}'`);
  return list(entriesOf(value).map((entry) => list([...entry])));
};

/** Keeps the items that pass a test, or those that do not. */
function selection(isKept: boolean): Filter {
  return (value, { positional: [name, ...others] }, _budget, tests) => {
    const test = name === undefined ? isTrue : testOf(name, tests);
    return list(itemsOf(value).filter((item) => test(item, ...others) === isKept));
  };
}

function testOf(name: Value, tests: Tests): (...values: Value[]) => boolean {
  if (!isText(name)) throw new TypeError(`a test has a name, which is no '${typeName(name)}'`);
  const test = tests.get(name.value);
  if (test === undefined) throw new TypeError(`there is no test '${name.value}'`);
  return test;
}

/** Filters that are not left to the library. */
export const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['string', (value, _given, budget) => asText(value, budget)],
  [
    'trim',
    (value, { positional: [characters] }, budget) =>
      text(strip(textOf(value, budget), 'both', characters && textOf(characters, budget))),
  ],
  ['tojson', json],
  ['items', items],
  ['dictsort', dictsort],
  ['select', selection(true)],
  ['reject', selection(false)],
]);
