import { Budget } from '../budget';
import { GrammarError } from '../error';
import { CompiledSchema } from './compiled-schema';
import type { JsonSchema } from './keywords';
import { SchemaReader } from './schema-reader';

/** How a schema is understood. */
export interface SchemaOptions {
  /**
   * Refuse regular expressions, choices in `propertyNames` and more `patternProperties` than can be followed, references that lead nowhere, and
   * types that JSON does not have; else they bind nothing. True if left out.
   */
  readonly isStrict?: boolean;
  /**
   * Refuse words that are not known, that are malformed or that are not followed, such as `contains`, and branches of `oneOf` that may hold
   * together; else words say nothing, and such a `oneOf` is `anyOf`. Words that say nothing of values are never refused. False if left out.
   */
  readonly isExact?: boolean;
}

/** Understands the schemas of one request. All of them together may take a limited number of steps. */
export class SchemaCompiler {
  readonly #budget = new Budget();

  /** @throws GrammarError, with the place, for a schema that cannot be followed, or that no value satisfies. */
  compile(schema: JsonSchema, { isStrict = true, isExact = false }: SchemaOptions = {}): CompiledSchema {
    const reader = new SchemaReader(schema, this.#budget, { isStrict, isExact, isOpen: false });
    const part = reader.part(schema);
    if (part.height === Infinity) {
      throw new GrammarError('bad-grammar', 'no value is what the schema asks for', {
        place: reader.placeOfNothing(part),
        advice: 'Look for limits that exclude each other, and for required properties that may not be there.',
      });
    }
    return new CompiledSchema(schema, part);
  }
}
