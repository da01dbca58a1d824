/**
 * How long schemas of tools take to be understood, and how long a vocabulary of 131,072 tokens takes to be tried whole at places of a
 * text, in processor time: what a step costs where no likely token is allowed. Before anything is timed, an independent validator says the same
 * of values as the matcher, and tokens that are tried are those that may be written letter by letter.
 *
 *     npx turbo run build --filter=@halftone/grammar
 *     node packages/grammar/bench/masks.mjs
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { JsonMatcher, SchemaCompiler } from '../dist/index.js';

const TOKENS = 131_072;
const RUNS = 7;

/** What properties of tools are, in turn. */
const KINDS = [
  { type: 'string', description: 'A path.' },
  { type: 'integer', minimum: 0, maximum: 9_007_199_254_740_991 },
  { enum: ['create', 'update', 'delete'] },
  { type: 'array', items: { type: 'string' }, maxItems: 5 },
  { type: 'string', pattern: '^[a-z]+$' },
  { type: 'number', minimum: -1, maximum: 1 },
  { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
  { type: 'object', properties: { name: { type: 'string' }, line: { type: 'integer' } }, required: ['name'] },
];

/** A value of each kind. */
const VALUES = ['a/b', 12, 'update', ['x', 'y'], 'abc', -0.5, '2026-11-28', { name: 'n', line: 3 }];

/** @param {number} count */
function toolSchema(count) {
  const properties = new Map(
    Array.from({ length: count }, (_, place) => [`property_${place}`, KINDS[place % KINDS.length] ?? {}]),
  );
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: ['property_0', 'property_3'],
    additionalProperties: false,
  };
}

/** Tokens as vocabularies have them: pieces of words, numbers and marks, some behind a space. The same each time. */
function vocabulary() {
  let state = 1;
  const random = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const letters = 'etaoinshrdlucmfwypvbgkjqxzETAOINS';
  const alphabets = [
    letters,
    letters,
    letters,
    letters,
    '0123456789',
    '{}[]":,.-_ \n\\/',
    'éüñжя中文字😀',
  ].map((text) => Array.from(text));
  return Array.from({ length: TOKENS }, () => {
    const alphabet = alphabets[random(alphabets.length)] ?? [];
    const length = 1 + random(alphabet.length > 30 ? 8 : 3);
    const text = Array.from({ length }, () => alphabet[random(alphabet.length)] ?? '').join('');
    return (random(3) === 0 ? ' ' : '') + text;
  });
}

/**
 * The median of some runs, in milliseconds of processor time: other programs then count less.
 *
 * @param {() => void} work
 */
function milliseconds(work) {
  const times = Array.from({ length: RUNS }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e3;
  });
  return times.sort((a, b) => a - b)[RUNS >> 1] ?? 0;
}

/** @param {object} schema @param {unknown} value */
function isWritten(schema, value) {
  const matcher = new JsonMatcher(/** @type {Record<string, unknown>} */ (schema));
  return matcher.accept(JSON.stringify(value)) && matcher.isComplete;
}

/** @param {object} schema @param {string} text */
function matcherAt(schema, text) {
  const matcher = new JsonMatcher(/** @type {Record<string, unknown>} */ (schema));
  if (!matcher.accept(text)) throw new Error(`${text} is not allowed`);
  return matcher;
}

/** @param {object} schema */
function check(schema) {
  const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  const whole = Object.fromEntries(VALUES.map((value, place) => [`property_${place}`, value]));
  for (const [place] of VALUES.entries()) {
    for (const value of [whole, { ...whole, [`property_${place}`]: false }]) {
      if (isWritten(schema, value) !== isValid(value))
        throw new Error(`${JSON.stringify(value)} is taken wrongly`);
    }
  }
}

/** @param {object} schema @param {string} text @param {readonly string[]} tokens */
function checkTokens(schema, text, tokens) {
  const matcher = matcherAt(schema, text);
  for (let place = 0; place < tokens.length; place += 997) {
    const token = tokens[place] ?? '';
    const slow = matcherAt(schema, text);
    const isAllowed = Array.from(token).every((letter) => slow.accept(letter));
    if (matcher.allows(token) !== isAllowed)
      throw new Error(`${JSON.stringify(token)} behind ${text} is taken wrongly`);
  }
}

/** @param {string} line */
function write(line) {
  process.stdout.write(`${line}\n`);
}

/** Places in a text, by what is written there. */
const PLACES = new Map([
  ['the first name', '{"'],
  ['within names', '{"property_'],
  ['a free string', '{"property_0": "a'],
  ['a bound integer', '{"property_1": '],
  ['within its digits', '{"property_1": 12'],
  ['a bound number', '{"property_5": '],
  ['a constant', '{"property_2": "'],
  ['a pattern', '{"property_4": "a'],
  ['a date or null', '{"property_6": '],
  ['behind a value', '{"property_0": "a"'],
]);

const tokens = vocabulary();
for (const count of [8, 200]) {
  const schema = toolSchema(count);
  check(schema);
  const compiled = milliseconds(() => {
    new SchemaCompiler().compile(schema);
  });
  write(`${count} properties, understood in ${compiled.toFixed(2)} ms`);
  for (const [name, text] of PLACES) {
    checkTokens(schema, text, tokens);
    const time = milliseconds(() => {
      const matcher = matcherAt(schema, text);
      for (const token of tokens) matcher.allows(token);
    });
    write(
      `  ${name.padEnd(18)} ${time.toFixed(1).padStart(7)} ms, ${((time * 1e6) / TOKENS).toFixed(0)} ns/token`,
    );
  }
}
