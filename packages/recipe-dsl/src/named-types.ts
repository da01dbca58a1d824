import { noSuchType } from './no-such-type';
import { isTypeName, type TypeName } from './type-facts';
import type { Recipe, Rule } from './types';

/** An option of llama-quantize that names the type of some tensors, without the dashes. */
export type TypeOption =
  | 'output-tensor-type'
  | 'token-embedding-type'
  | 'per-layer-token-embedding-type'
  | 'ffn-gate-inp-type'
  | 'attn-qkv-type'
  | 'attn-q-type'
  | 'attn-k-type'
  | 'attn-v-type'
  | 'attn-output-type'
  | 'ffn-gate-type'
  | 'ffn-down-type'
  | 'ffn-up-type';

/** [option, pattern of the names], in the order in which they are tried, before the rules of a recipe. */
const BEFORE_RECIPE: readonly (readonly [TypeOption, pattern: string])[] = [
  ['token-embedding-type', '^token_embd\\.weight$'],
  ['per-layer-token-embedding-type', '^per_layer_token_embd\\.weight$'],
  ['ffn-gate-inp-type', 'ffn_gate_inp\\.weight'],
  ['output-tensor-type', '^output\\.weight$'],
];

/** Whether an option names a type for the routers of experts, which are kept otherwise. */
export function namesRouters(recipe: Recipe | undefined): boolean {
  return recipe?.rules.some(({ option }) => option === '--ffn-gate-inp-type') ?? false;
}

/** The same, after the rules of a recipe. Fused matrices of queries, keys and values contain `attn_q` too. */
const AFTER_RECIPE: readonly (readonly [TypeOption, pattern: string])[] = [
  ['attn-qkv-type', 'attn_qkv\\.weight'],
  ['attn-v-type', 'attn_v\\.weight'],
  ['attn-k-type', 'attn_k'],
  ['attn-q-type', 'attn_q'],
  ['ffn-down-type', 'ffn_down'],
  ['attn-output-type', 'attn_output\\.weight'],
  ['ffn-gate-type', 'ffn_gate'],
  ['ffn-up-type', 'ffn_up'],
];

/**
 * A recipe with the options that name types as rules of their own. Those for the output and the embeddings come before the
 * rules of the recipe, the others after them, as in llama-quantize of ik_llama.cpp. There some options have no effect with
 * some file types, or with `--pure`; here they always have.
 *
 * @param tensorNames - of the model: in one without `output.weight` the option for the output means the token embedding
 * @throws RecipeError `unknown-type` when the value of an option is no type
 */
export function withTypeOptions(
  recipe: Recipe | undefined,
  options: Readonly<Partial<Record<TypeOption, string | undefined>>>,
  tensorNames: readonly string[],
): Recipe | undefined {
  const tied = tensorNames.includes('output.weight')
    ? []
    : ([['output-tensor-type', '^token_embd\\.weight$']] as const);
  const rulesOf = (list: readonly (readonly [TypeOption, string])[]): Rule[] =>
    list.flatMap(([option, pattern]) => {
      const value = options[option];
      return value === undefined
        ? []
        : [{ pattern, format: parseTypeOption(value, option), line: 1, option: `--${option}` }];
    });
  const before = rulesOf(tied.length === 0 ? BEFORE_RECIPE : [...BEFORE_RECIPE.slice(0, -1), ...tied]);
  const after = rulesOf(AFTER_RECIPE);
  if (before.length + after.length === 0) return recipe;
  return {
    source: recipe?.source ?? 'the command line',
    rules: [...before, ...(recipe?.rules ?? []), ...after],
    notes: recipe?.notes ?? [],
  };
}

/**
 * The type that is the value of an option.
 *
 * @param option - without the dashes
 * @throws RecipeError `unknown-type` when there is none of this name, `activation-type` for one that no tensor is stored in
 */
export function parseTypeOption(text: string, option: TypeOption | 'extra-output-tensor'): TypeName {
  if (isTypeName(text)) return text;
  throw noSuchType(text, 'there is no type of this name', { option });
}
