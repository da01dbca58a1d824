import type { JsonSchema } from './keywords';
import type { SchemaPart } from './nodes';

/** A schema that has been understood: any number of texts may be bound to it. It may stand within another schema, in the place of one. */
export class CompiledSchema {
  constructor(
    private readonly source: JsonSchema,
    /** What the schema allows. */
    readonly part: SchemaPart,
  ) {}

  /** Two that were made of the same are the same. */
  toJSON(): JsonSchema {
    return this.source;
  }
}
