import { compilePattern, type NameTest } from '../pattern';
import type { Recipe, Rule, SourceTensor, UnusedRule } from '../types';

/** The rules of a recipe, compiled, and the tensors that each has taken. */
export class RuleMatcher {
  readonly #rules: readonly { readonly rule: Rule; readonly test: NameTest }[];
  readonly #ruleByTensor = new Map<string, Rule>();

  constructor(recipe: Recipe | undefined) {
    this.#rules = (recipe?.rules ?? []).map((rule) => ({
      rule,
      test: compilePattern(rule.pattern, { file: recipe?.source ?? '', line: rule.line }),
    }));
  }

  /** The first rule that matches the name of a tensor that is quantized. */
  ruleFor(name: string): Rule | undefined {
    const rule = this.#rules.find(({ test }) => test(name))?.rule;
    if (rule !== undefined) this.#ruleByTensor.set(name, rule);
    return rule;
  }

  /**
   * The rules that `ruleFor` has not returned, each with the reason.
   *
   * @param tensors - all tensors of the model
   * @param whyKept - why a tensor is kept whatever the recipe says; `undefined` for those that `ruleFor` was asked for
   */
  unused(
    tensors: readonly SourceTensor[],
    whyKept: (tensor: SourceTensor) => string | undefined,
  ): UnusedRule[] {
    const used = new Set(this.#ruleByTensor.values());
    const unused = this.#rules.filter(({ rule }) => !used.has(rule));
    return unused.map(({ rule, test }) => {
      const matched = tensors.filter(({ name }) => test(name));
      return { ...rule, why: this.#whyUnused(matched, whyKept) };
    });
  }

  #whyUnused(
    matched: readonly SourceTensor[],
    whyKept: (tensor: SourceTensor) => string | undefined,
  ): string {
    for (const { name } of matched) {
      const earlier = this.#ruleByTensor.get(name);
      if (earlier !== undefined)
        return `earlier rules take all tensors that it matches: line ${earlier.line} takes ${name}`;
    }
    for (const tensor of matched) {
      const why = whyKept(tensor);
      if (why !== undefined)
        return `it matches only tensors that are always kept, such as ${tensor.name} (${why})`;
    }
    return 'it matches no tensor';
  }
}
