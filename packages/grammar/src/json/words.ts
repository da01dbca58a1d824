import { GrammarError, notFollowed, TOLD_LENGTH } from '../error';
import { isAnnotation } from './annotations';
import {
  conditionalOptions,
  dependencyOptions,
  exceptedValues,
  isEverything,
  typesBesides,
} from './conditions';
import { ALLOWED_TYPES, isKeywords, listed, unknownTypes, type Keywords } from './keywords';

/** What a word of a schema may say. */
interface Kind {
  readonly allowed: string;
  readonly isRight: (value: unknown) => boolean;
}

const SCHEMA: Kind = { allowed: 'a schema', isRight: isSchema };
const SCHEMAS: Kind = {
  allowed: 'a list of schemas',
  isRight: (value) => Array.isArray(value) && value.length > 0 && value.every(isSchema),
};
const ITEMS: Kind = {
  allowed: 'a schema, or a list of them',
  isRight: (value) => isSchema(value) || (Array.isArray(value) && value.every(isSchema)),
};
const NAMED_SCHEMAS: Kind = {
  allowed: 'an object of schemas',
  isRight: (value) => isKeywords(value) && Object.values(value).every(isSchema),
};
const NAMES: Kind = { allowed: 'a list of strings', isRight: isTextList };
const NAMED_NAMES: Kind = {
  allowed: 'an object of lists of strings',
  isRight: (value) => isKeywords(value) && Object.values(value).every(isTextList),
};
const DEPENDENCIES: Kind = {
  allowed: 'an object of schemas and lists of strings',
  isRight: (value) =>
    isKeywords(value) && Object.values(value).every((one) => isSchema(one) || isTextList(one)),
};
const COUNT: Kind = {
  allowed: 'a whole number from 0 on',
  isRight: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0,
};
const NUMBER: Kind = { allowed: 'a number', isRight: (value) => typeof value === 'number' };
const STEP: Kind = {
  allowed: 'a number above 0',
  isRight: (value) => typeof value === 'number' && value > 0 && Number.isFinite(value),
};
/** Draft 4 had true and false there. */
const BOUND: Kind = {
  allowed: 'a number, true or false',
  isRight: (value) => typeof value === 'number' || typeof value === 'boolean',
};
const TEXT: Kind = { allowed: 'a string', isRight: (value) => typeof value === 'string' };
const FLAG: Kind = { allowed: 'true or false', isRight: (value) => typeof value === 'boolean' };
const VALUES: Kind = { allowed: 'a list of values', isRight: Array.isArray };
const VALUE: Kind = { allowed: 'any value', isRight: () => true };
const TYPE: Kind = {
  allowed: ALLOWED_TYPES,
  isRight: (value) => listed(value).length > 0 && unknownTypes({ type: value }).length === 0,
};

/** Words that bind values, and those that hold schemas for others to refer to. */
const binding: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['type', TYPE],
  ['enum', VALUES],
  ['const', VALUE],
  ['nullable', FLAG],
  ['$ref', TEXT],
  ...named(NAMED_SCHEMAS, '$defs', 'definitions', 'properties', 'patternProperties', 'dependentSchemas'),
  ...named(SCHEMAS, 'allOf', 'anyOf', 'oneOf', 'prefixItems'),
  ...named(SCHEMA, 'not', 'if', 'then', 'else', 'additionalProperties', 'propertyNames', 'additionalItems'),
  ...named(SCHEMA, 'contains', 'unevaluatedProperties', 'unevaluatedItems'),
  ['items', ITEMS],
  ['required', NAMES],
  ['dependentRequired', NAMED_NAMES],
  ['dependencies', DEPENDENCIES],
  ...named(COUNT, 'minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'),
  ...named(COUNT, 'minContains', 'maxContains'),
  ...named(NUMBER, 'minimum', 'maximum'),
  ...named(BOUND, 'exclusiveMinimum', 'exclusiveMaximum'),
  ['multipleOf', STEP],
  ...named(TEXT, 'pattern', 'format'),
  ['uniqueItems', FLAG],
]);

/**
 * Looks whether all words of a schema, not of those within it, can be followed.
 *
 * @throws GrammarError `bad-grammar` for a word that is not known or says what it cannot, `unsupported` for one that is not followed.
 */
export function checkWords(schema: Keywords): void {
  for (const [word, value] of Object.entries(schema)) {
    if (isAnnotation(word)) continue;
    const kind = binding.get(word);
    if (kind === undefined) throw unknownWord(word);
    if (!kind.isRight(value)) {
      throw new GrammarError('bad-grammar', `${word} of the schema is malformed`, {
        found: JSON.stringify(value).slice(0, TOLD_LENGTH),
        allowed: kind.allowed,
      });
    }
  }
  const found = unfollowed(schema);
  if (found !== undefined) throw notFollowed(found);
}

function unknownWord(word: string): GrammarError {
  const told = JSON.stringify(word.slice(0, TOLD_LENGTH));
  if (word === '$dynamicRef' || word === '$recursiveRef') return notFollowed(told);
  return new GrammarError('bad-grammar', 'the schema has a word that is not known', {
    found: told,
    allowed: 'the words of JSON Schema, and names that begin with x-',
    advice: 'Look for a mistake in writing; or leave strict out: then it says nothing.',
  });
}

/** A word whose saying is not followed. */
function unfollowed(schema: Keywords): string | undefined {
  const { not, if: condition } = schema;
  if ('contains' in schema) return 'contains';
  if (condition !== undefined && conditionalOptions(schema) === undefined) return 'if';
  if (not !== undefined && !isFollowedNot(not)) return 'not';
  return dependencyOptions(schema) === undefined ? 'so many dependent properties' : undefined;
}

function isFollowedNot(not: unknown): boolean {
  if (not === false || isEverything(not)) return true;
  return exceptedValues(not) !== undefined || typesBesides(not) !== undefined;
}

function named(kind: Kind, ...words: readonly string[]): readonly (readonly [string, Kind])[] {
  return words.map((word) => [word, kind]);
}

function isSchema(value: unknown): boolean {
  return typeof value === 'boolean' || isKeywords(value);
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
