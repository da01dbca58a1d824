import { GrammarError } from '../error';
import { CompiledSchema } from './compiled-schema';
import type { Joiner } from './joiner';
import type { JsonSchema } from './keywords';
import { pointerOf } from './pointer';

/** Characters of a place that are told. Threat: names of a megabyte. Largest: names of some dozens, a dozen deep. */
const MAX_TOLD = 400;

/** Places of one schema that was joined of several. Threat: a schema of thousands. Largest: two. */
const MAX_PARTS = 3;

/** Tells where the parts of a schema stand. They are looked for when something is wrong with one. */
export class Places {
  constructor(
    private readonly root: JsonSchema,
    private readonly joiner: Joiner,
  ) {}

  /** Where a schema stands, or those that it was joined of; `undefined` where it does not stand in the schema. */
  of(schema: JsonSchema): string | undefined {
    const places = this.joiner
      .partsOf(schema)
      .slice(0, MAX_PARTS)
      .map((part) => pointerTo(part, this.root))
      .filter((place) => place !== undefined);
    return places.length === 0 ? undefined : places.join(' and ');
  }

  /** Work on a schema. @throws GrammarError, with its place. */
  within<Result>(schema: JsonSchema, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw error instanceof GrammarError && error.place === undefined ? error.at(this.of(schema)) : error;
    }
  }
}

/** Where a value stands within another, as a JSON pointer behind `#` (RFC 6901). */
function pointerTo(value: unknown, root: unknown): string | undefined {
  const found = new Map<unknown, readonly [parent: unknown, key: string]>();
  const open: unknown[] = [root];
  // The list grows while it is gone through, the nearest first.
  for (const one of open) {
    if (one === value) return written(one, found);
    if (typeof one !== 'object' || one === null || one instanceof CompiledSchema) continue;
    for (const [key, inner] of Object.entries(one)) {
      if (typeof inner !== 'object' || inner === null || inner === root || found.has(inner)) continue;
      found.set(inner, [one, key]);
      open.push(inner);
    }
  }
  return undefined;
}

function written(value: unknown, parents: ReadonlyMap<unknown, readonly [unknown, string]>): string {
  const keys: string[] = [];
  for (let step = parents.get(value); step !== undefined; step = parents.get(step[0])) {
    keys.push(step[1]);
  }
  const text = pointerOf(keys.reverse());
  return text.length > MAX_TOLD ? `${text.slice(0, MAX_TOLD)}…` : text;
}
