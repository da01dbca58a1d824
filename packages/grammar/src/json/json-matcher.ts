import { tooOpen } from '../error';
import type { Range } from '../rules/expression';
import { CompiledSchema } from './compiled-schema';
import type { JsonSchema } from './keywords';
import { SchemaCompiler } from './schema-compiler';
import { END, firstClosing, literal, spaced, stepped, type State } from './states';
import { Values } from './values';

/** Places that a text may be in at once. Threat: schemas with choices of choices. Largest: some dozens of choices. */
const MAX_STATES = 1024;

/** Steps between two pieces that were accepted: all that are tried in between. Threat: a vocabulary of which each token is tried in many places. */
const MAX_TRIED_STEPS = 2_000_000;

/** Steps in search of what closes a text. Threat: the stack, which the search goes down at each. Largest: five for each property that is missing. */
const MAX_CLOSING_STEPS = 1500;

/**
 * Follows a text of JSON letter by letter, and tells whether it can still become what a schema allows. Whatever was accepted, the text can be
 * finished.
 *
 * Bound are types, names of properties in any order, required ones, other properties (there are none where some are named and
 * `additionalProperties` is left out), `patternProperties`, `propertyNames`, `dependentRequired`, `dependentSchemas`, `enum`, `const`, `items`,
 * `prefixItems`, the numbers of elements, properties and characters, `pattern`, the formats that are known here, `minimum`, `maximum`, `multipleOf`,
 * `anyOf`, `allOf`, `oneOf` where its branches tell themselves apart (else as `anyOf`), `unevaluatedProperties`, `unevaluatedItems`, `not` of types and of
 * texts, booleans and null that are named, `if` of properties that have such values, `uniqueItems` of elements that are strings or all named, and references inside
 * the schema. Not bound are other `not`, `if` and `uniqueItems`, and `contains`. Numbers that are bound are written
 * without an exponent. Space is what programs write: none, one, or a line break with an indent. (JSON Schema 2020-12.) Time grows with the text
 * alone, whatever the schema.
 */
export class JsonMatcher {
  readonly #values = new Values();
  #states: readonly State[];
  #steps = 0;

  /**
   * @param schema - what the text has to become; `true` for any value.
   * @param closing - what has to follow the value; space may stand around both then. Nothing when left out.
   * @throws GrammarError for a schema that cannot be followed, that leaves too much open, or that no value satisfies.
   */
  constructor(schema: JsonSchema | CompiledSchema, closing = '') {
    const { part } = schema instanceof CompiledSchema ? schema : new SchemaCompiler().compile(schema);
    // A token may hold the end of the mark and a line break behind it.
    const end =
      closing === ''
        ? END
        : literal(
            closing,
            spaced(() => [END]),
          );
    const value = (): readonly State[] =>
      this.#values.of(
        part,
        spaced(() => [end]),
      );
    this.#states = closing === '' ? value() : [spaced(value)];
  }

  /** Whether the text is all of it. */
  get isComplete(): boolean {
    return this.#states.some(({ isEnd }) => isEnd);
  }

  /**
   * A short text with which this one becomes what the schema allows, wherever it was cut: strings end, numbers get their digits, what is
   * required and is not there yet gets a value. `undefined` where none is found: a schema that nothing satisfies.
   */
  closing(): string | undefined {
    return this.isComplete ? '' : firstClosing(this.#states, { left: MAX_CLOSING_STEPS });
  }

  /** Whether a piece may come next. @throws GrammarError `bad-grammar` for a schema that leaves too much open. */
  allows(text: string): boolean {
    return this.#after(text).length > 0;
  }

  /** Whether a piece may come next, and behind it one of some characters beyond ASCII. @throws GrammarError `bad-grammar`, as {@link allows}. */
  allowsSome(text: string, range: Range): boolean {
    return this.#after(text).some((state) => state.takes?.(range) === true);
  }

  /** A piece came. False, and nothing changes, if it may not. */
  accept(text: string): boolean {
    const states = this.#after(text);
    if (states.length === 0) return false;
    this.#states = states;
    this.#steps = 0;
    this.#values.forget();
    return true;
  }

  #after(text: string): readonly State[] {
    let states = this.#states;
    for (const character of text) {
      this.#steps += states.length;
      if (states.length > MAX_STATES || this.#steps > MAX_TRIED_STEPS) {
        throw tooOpen('schema', `${MAX_STATES} places, ${MAX_TRIED_STEPS} steps for a token`);
      }
      states = stepped(states, character);
      if (states.length === 0) return states;
    }
    return states;
  }
}
