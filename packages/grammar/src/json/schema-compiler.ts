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
  /** Refuse words that are not followed, such as `contains`; else they say nothing. False if left out. */
  readonly isExact?: boolean;
}

/** Understands the schemas of one request. All of them together may take a limited number of steps. */
export class SchemaCompiler {
  readonly #budget = new Budget();

  /** @throws GrammarError for a schema that cannot be followed, or that no value satisfies. */
  compile(schema: JsonSchema, { isStrict = true, isExact = false }: SchemaOptions = {}): CompiledSchema {
    const part = new SchemaReader(schema, this.#budget, { isStrict, isExact }).part(schema);
    if (part.height === Infinity) {
      throw new GrammarError('bad-grammar', 'no value is what the schema asks for', {
        advice: 'Look for limits that exclude each other, and for required properties that may not be there.',
      });
    }
    return new CompiledSchema(schema, part);
  }
}
