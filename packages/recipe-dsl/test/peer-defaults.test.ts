import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  parseFtype,
  planQuantization,
  parseRecipe,
  RecipeError,
  type ModelShape,
  type Plan,
  type SourceTensor,
} from '../src/index';

/** What llama-quantize --dry-run said; see goldens/README.md. */
interface Golden {
  readonly recipe: string;
  /** The type of each letter of `runs`. */
  readonly letters: Readonly<Record<string, string>>;
  readonly cases: readonly {
    readonly title: string;
    readonly model: ModelShape;
    readonly tensors: readonly (readonly [name: string, dimensions: readonly number[]])[];
    /** `types` has one letter for each tensor. */
    readonly runs: readonly (readonly [
      ftype: string,
      hasImportance: boolean,
      hasRecipe: boolean,
      types: string,
    ])[];
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL('goldens/peer-defaults.json', import.meta.url), 'utf8'),
) as Golden;

/** Types that were asked for by default and cannot be written, by the name of the tensor. */
type Unwritable = Map<string, string>;

/** Plan; where a default cannot be written, note it and name the tensor in a rule, as the error advises. */
function planWithRulesForUnwritable(plan: (rules: string) => Plan): [Plan, Unwritable] {
  const unwritable: Unwritable = new Map();
  for (;;) {
    try {
      return [
        plan([...unwritable.keys()].map((name) => `^${name.replaceAll('.', '\\.')}$=q8_0\n`).join('')),
        unwritable,
      ];
    } catch (error) {
      if (!(error instanceof RecipeError) || error.code !== 'unwritable-type') throw error;
      unwritable.set(error.facts.tensor ?? '', String(error.facts.found));
    }
  }
}

describe.each(golden.cases)('the types of ik_llama.cpp for a model: $title', ({ model, tensors, runs }) => {
  const source = tensors.map(([name, dimensions]): SourceTensor => ({
    name,
    dimensions,
    format: dimensions.length === 1 ? 'f32' : 'bf16',
  }));

  it.each(runs)('%s, importance %s, recipe %s', (ftype, hasImportance, hasRecipe, types) => {
    const [plan, unwritable] = planWithRulesForUnwritable((rules) => {
      const text = rules + (hasRecipe ? golden.recipe : '');
      const recipe = text === '' ? undefined : parseRecipe(text, 'x');
      return planQuantization({ tensors: source, model, ftype: parseFtype(ftype), hasImportance, recipe });
    });
    const found = plan.tensors.map(({ source: { name }, format, reason }) =>
      reason.kind === 'kept' ? 'kept' : (unwritable.get(name) ?? format),
    );
    const expected = Array.from(types, (letter) => golden.letters[letter]);
    expect(found).toEqual(expected);
  });
});
