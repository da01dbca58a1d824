import { RecipeError } from '../error';
import type { Ftype } from '../ftypes/ftype';
import { typeFacts, writableNames, type TypeName } from '../type-facts';
import type { ModelShape, Plan, PlannedTensor, PlanReason, Recipe, Rule, SourceTensor } from '../types';
import { namesRouters } from '../named-types';
import { whyNeverQuantized } from './candidates';
import { DefaultTypes, mainType, type DefaultType } from './default-types';
import { typeForTensor } from './fallback';
import { keep, sized, totals } from './planned-tensor';
import { RuleMatcher } from './rule-matcher';

/** What a plan is made from. */
export interface PlanOptions {
  /** All tensors of the model, in the order of the file. */
  readonly tensors: readonly SourceTensor[];
  readonly model: ModelShape;
  /** The types of the tensors that no rule names; see `findFtype` and `parseFtype`. */
  readonly ftype: Ftype;
  readonly recipe?: Recipe | undefined;
  /** Whether there is an importance matrix; some defaults depend on it. */
  readonly hasImportance: boolean;
  /** Quantize tensors that are quantized already. Each time costs quality. */
  readonly allowRequantize?: boolean;
  /** Every tensor without a rule gets the main type of the file type, whatever its mixture says. */
  readonly pure?: boolean | undefined;
  /** Keep `output.weight` as it is. */
  readonly leaveOutput?: boolean | undefined;
  /** Write the output matrix a second time, as `output_extra.weight` of this type: a smaller one, for heads that guess tokens ahead. */
  readonly extraOutput?: TypeName | undefined;
  /** Make unused rules and fallbacks errors. */
  readonly strict?: boolean;
}

/** The type of a tensor before the length of its rows is looked at. */
interface Wanted {
  readonly type: TypeName;
  readonly reason: PlanReason;
}

/**
 * Decide the type of every tensor: by the first rule that matches its name, else by the default of the file type.
 * Norms, vectors, routers of experts and the like are kept, or f32 where their type is read and not written; a tensor that has its type
 * already is kept too.
 *
 * A plan may name types that are read and not written: see `requireWritable`.
 *
 * @throws RecipeError when a tensor is quantized already, or, in a strict plan, a rule is unused or a type does not fit
 */
export function planQuantization(options: PlanOptions): Plan {
  const { tensors, recipe, strict = false } = options;
  const matcher = new RuleMatcher(recipe);
  const whyNever = (tensor: SourceTensor): string | undefined =>
    whyNeverQuantized(tensor, options.ftype.program, namesRouters(recipe));
  const whyKept = (tensor: SourceTensor): string | undefined =>
    whyAskedToKeep(tensor, options) ?? whyNever(tensor);
  const candidates = tensors.filter((tensor) => whyKept(tensor) === undefined);
  const named = new Set(candidates.filter(({ name }) => matcher.ruleFor(name) !== undefined));
  const defaultOf = defaults(options, candidates, named);
  const planned = tensors.map((tensor) => {
    const asked = whyAskedToKeep(tensor, options);
    if (asked !== undefined) return keep(tensor, asked);
    const never = whyNever(tensor);
    if (never !== undefined) return planNeverQuantized(tensor, never);
    const rule = matcher.ruleFor(tensor.name);
    const wanted = rule === undefined ? wantedByDefault(defaultOf(tensor)) : wantedByRule(rule);
    return planTensor(tensor, wanted, options);
  });
  const all = withExtraOutput(planned, options);
  const plan = { tensors: all, unusedRules: matcher.unused(tensors, whyKept), totals: totals(all) };
  if (strict) checkStrictly(plan, recipe);
  return plan;
}

/** The tensors with a second output matrix behind the first one, where it is asked for. */
function withExtraOutput(planned: readonly PlannedTensor[], options: PlanOptions): readonly PlannedTensor[] {
  const { extraOutput } = options;
  if (extraOutput === undefined) return planned;
  const output =
    planned.find(({ source }) => source.name === 'output.weight') ??
    planned.find(({ source }) => source.name === 'token_embd.weight');
  if (output === undefined) throw noExtraOutput(extraOutput, 'no output.weight and no token_embd.weight');
  const source = { ...output.source, name: 'output_extra.weight' };
  const option = '--extra-output-tensor';
  const rule = { pattern: output.source.name, format: extraOutput, line: 1, option };
  const extra = planTensor(source, wantedByRule(rule), options);
  if (extra.bytes >= output.sourceBytes)
    throw noExtraOutput(extra.format, `${output.source.name} of ${output.source.format}, which is no larger`);
  const at = planned.indexOf(output) + 1;
  return [...planned.slice(0, at), { ...extra, copyOf: output.source.name }, ...planned.slice(at)];
}

function noExtraOutput(type: TypeName, found: string): RecipeError {
  return new RecipeError(
    'no-extra-output',
    `the model cannot have a second, smaller output matrix of ${type}`,
    {
      found,
      allowed: 'an output matrix that is larger in the source',
      advice: 'Name a smaller type, or leave out --extra-output-tensor.',
    },
  );
}

/** Only a quantized file type has a mixture; a plain one is the same for all tensors. COPY is never asked. */
function defaults(
  { ftype, tensors, model, hasImportance, pure = false }: PlanOptions,
  candidates: readonly SourceTensor[],
  named: ReadonlySet<SourceTensor>,
): (tensor: SourceTensor) => DefaultType {
  const main = ftype.mainType;
  if (main === undefined || pure || typeFacts(main).family === 'float') {
    return ({ format }) => mainType(ftype, main ?? format);
  }
  const defaultTypes = new DefaultTypes({ ftype, main, model, tensors, candidates, named, hasImportance });
  return (tensor) => defaultTypes.of(tensor);
}

function whyAskedToKeep(
  { name }: SourceTensor,
  { ftype, leaveOutput = false }: PlanOptions,
): string | undefined {
  if (ftype.mainType === undefined) return `${ftype.name} keeps every tensor`;
  return leaveOutput && name === 'output.weight' ? 'as --leave-output-tensor asks' : undefined;
}

/** A tensor that no recipe changes: f32 has every weight of a type that is read and not written. */
function planNeverQuantized(source: SourceTensor, why: string): PlannedTensor {
  if (writableNames.includes(source.format)) return keep(source, why);
  return sized(source, 'f32', { kind: 'default', text: `${why}, and ${source.format} is not written` });
}

function wantedByRule(rule: Rule): Wanted {
  return { type: rule.format, reason: { kind: 'rule', rule } };
}

function wantedByDefault({ type, text }: DefaultType): Wanted {
  return { type, reason: { kind: 'default', text } };
}

function planTensor(
  source: SourceTensor,
  wanted: Wanted,
  { ftype, allowRequantize = false }: PlanOptions,
): PlannedTensor {
  const { type: format, fallback } = typeForTensor(wanted.type, source, ftype.program);
  if (format === source.format) {
    // The reason of what cannot be written is told: the rule that asks for it.
    return writableNames.includes(format)
      ? keep(source, `${format} already`)
      : sized(source, format, wanted.reason);
  }
  if (typeFacts(source.format).family !== 'float' && !allowRequantize) {
    throw new RecipeError('requantize', 'the tensor is quantized already, and each time costs quality', {
      tensor: source.name,
      found: source.format,
      allowed: 'f32, f16, bf16',
      advice: 'Start from the unquantized model, or allow it with --allow-requantize.',
    });
  }
  const tensor = sized(source, format, wanted.reason);
  return fallback === undefined ? tensor : { ...tensor, fallback };
}

function checkStrictly({ tensors, unusedRules }: Plan, recipe: Recipe | undefined): void {
  const [unused] = unusedRules;
  if (unused !== undefined) {
    throw new RecipeError('unused-rules', `${unusedRules.length} of the rules decide nothing`, {
      file: recipe?.source,
      line: unused.line,
      found: `${unused.pattern}: ${unused.why}`,
      advice: 'Correct the pattern, remove the rule, or plan without strict.',
    });
  }
  for (const { source, format, fallback } of tensors) {
    if (fallback === undefined) continue;
    throw new RecipeError('fallback', `the type does not fit the tensor, ${format} would take its place`, {
      tensor: source.name,
      found: `${fallback.from}, ${fallback.why}`,
      allowed: format,
      advice: 'Name a type that fits in a rule, or plan without strict.',
    });
  }
}
