import { compilePattern, type NameTest } from '../pattern';
import type { Recipe, Rule, SourceTensor, UnusedRule } from '../types';
import { whyNeverQuantized } from './candidates';

/** The rules of a recipe, ready to be tried, and which of them were used. */
export class RuleBook {
  readonly #rules: readonly { readonly rule: Rule; readonly test: NameTest }[];
  readonly #used = new Set<Rule>();

  constructor(recipe: Recipe | undefined) {
    this.#rules = (recipe?.rules ?? []).map((rule) => ({
      rule,
      test: compilePattern(rule.pattern, { file: recipe?.source ?? '', line: rule.line }),
    }));
  }

  /** The first rule that matches the name of a tensor that is quantized. */
  ruleFor(name: string): Rule | undefined {
    const rule = this.#rules.find(({ test }) => test(name))?.rule;
    if (rule !== undefined) this.#used.add(rule);
    return rule;
  }

  /** The rules that `ruleFor` has not returned, each with the reason. */
  unused(tensors: readonly SourceTensor[]): UnusedRule[] {
    const left = this.#rules.filter(({ rule }) => !this.#used.has(rule));
    return left.map(({ rule, test }) => ({ ...rule, why: this.#whyUnused(test, tensors) }));
  }

  #whyUnused(test: NameTest, tensors: readonly SourceTensor[]): string {
    const matched = tensors.filter(({ name }) => test(name));
    const [first] = matched;
    if (first === undefined) return 'it matches no tensor';
    const quantized = matched.find((tensor) => whyNeverQuantized(tensor) === undefined);
    if (quantized === undefined) {
      return `it matches only tensors that are never quantized, such as ${first.name} (${whyNeverQuantized(first) ?? ''})`;
    }
    const winner = this.#rules.find(({ test: earlier }) => earlier(quantized.name))?.rule;
    if (winner === undefined || !this.#used.has(winner)) return 'COPY keeps every tensor';
    return `earlier rules take all tensors that it matches, such as line ${String(winner.line)} ${quantized.name}`;
  }
}
