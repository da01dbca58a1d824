import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseFtype, planQuantization, parseRecipe, type ModelShape, type SourceTensor } from '../src/index';

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

describe.each(golden.cases)('the types of ik_llama.cpp for a model: $title', ({ model, tensors, runs }) => {
  const source = tensors.map(([name, dimensions]): SourceTensor => ({
    name,
    dimensions,
    format: dimensions.length === 1 ? 'f32' : 'bf16',
  }));

  it.each(runs)('%s, importance %s, recipe %s', (ftype, hasImportance, hasRecipe, types) => {
    const recipe = hasRecipe ? parseRecipe(golden.recipe, 'x') : undefined;
    const shape = { ...model, vocabularyLength: 64, embeddingLength: 256 };
    const plan = planQuantization({
      tensors: source,
      model: shape,
      ftype: parseFtype(ftype),
      hasImportance,
      recipe,
    });
    const found = plan.tensors.map(({ format, reason }) => (reason.kind === 'kept' ? 'kept' : format));
    const expected = Array.from(types, (letter) => golden.letters[letter]);
    expect(found).toEqual(expected);
  });
});
