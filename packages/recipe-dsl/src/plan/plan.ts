import { bytesPerRow, formats, type FormatName } from '@halftone/quant-formats';
import { RecipeError } from '../error';
import type { Ftype, TypeName } from '../ftypes';
import type { ModelShape, Plan, PlannedTensor, PlanReason, Recipe, Rule, SourceTensor } from '../types';
import { isWritable, writableNames } from '../writable';
import { whyNeverQuantized } from './candidates';
import { DefaultTypes, mainType, type DefaultType } from './default-types';
import { typeForRow } from './fallback';
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
  /** Make unused rules and fallbacks errors. */
  readonly strict?: boolean;
}

/** The type of a tensor before the length of its rows is looked at. */
interface Wanted {
  /** Only a default may be a type that this version cannot write. */
  readonly type: TypeName;
  readonly reason: PlanReason;
}

/**
 * Decide the type of every tensor: by the first rule that matches its name, else by the default of the file type.
 * Norms, vectors, routers of experts and the like are kept, and so is a tensor that has its type already.
 *
 * @throws RecipeError when a type cannot be written, a tensor is quantized already, or, in a strict plan, a rule is
 * unused or a type does not divide the rows
 */
export function planQuantization(options: PlanOptions): Plan {
  const { tensors, ftype, recipe, strict = false } = options;
  const matcher = new RuleMatcher(recipe);
  const whyKept = (tensor: SourceTensor): string | undefined => whyAlwaysKept(tensor, ftype);
  const defaultOf = defaults(options);
  const planned = tensors.map((tensor) => {
    const kept = whyKept(tensor);
    if (kept !== undefined) return keep(tensor, kept);
    // Where a rule decides, too: some defaults count the tensors that were before.
    const byDefault = defaultOf(tensor);
    const rule = matcher.ruleFor(tensor.name);
    return planTensor(
      tensor,
      rule === undefined ? wantedByDefault(byDefault()) : wantedByRule(rule),
      options,
    );
  });
  const plan = { tensors: planned, unusedRules: matcher.unused(tensors, whyKept), totals: totals(planned) };
  if (strict) checkStrictly(plan, recipe);
  return plan;
}

/** Only a quantized file type has a mixture; a plain one is the same for all tensors. COPY is never asked. */
function defaults({
  ftype,
  tensors,
  model,
  hasImportance,
}: PlanOptions): (tensor: SourceTensor) => () => DefaultType {
  const main = ftype.mainFormat;
  if (main === undefined || formats[main].family === 'float') {
    return ({ format }) =>
      () =>
        mainType(ftype, main ?? format);
  }
  const hasOutput = tensors.some(({ name }) => name === 'output.weight');
  const defaultTypes = new DefaultTypes({ ftype, main, model, hasOutput, hasImportance });
  return (tensor) => defaultTypes.next(tensor);
}

function whyAlwaysKept(tensor: SourceTensor, { name, mainFormat }: Ftype): string | undefined {
  return mainFormat === undefined ? `${name} keeps every tensor` : whyNeverQuantized(tensor);
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
  const format = typeForRow(wanted.type, source.dimensions[0] ?? 1);
  if (!isWritable(format)) throw unwritable(format, source, ftype);
  if (format === source.format) return keep(source, `${format} already`);
  if (formats[source.format].family !== 'float' && !allowRequantize) {
    throw new RecipeError('requantize', 'the tensor is quantized already, and each time costs quality', {
      tensor: source.name,
      found: source.format,
      allowed: 'f32, f16, bf16',
      advice: 'Start from the unquantized model, or allow requantizing.',
    });
  }
  const tensor = sized(source, format, wanted.reason);
  return format === wanted.type ? tensor : { ...tensor, fallbackFrom: wanted.type };
}

function unwritable(type: TypeName, { name }: SourceTensor, ftype: Ftype): RecipeError {
  const what = `the default type for ftype ${ftype.name} is ${type}, which this version cannot write`;
  return new RecipeError('unwritable-type', what, {
    tensor: name,
    found: type,
    allowed: writableNames.join(', '),
    advice: `Give such tensors a type by a rule, for example ${kindOf(name)}=iq6_k.`,
  });
}

/** The name without the number of its layer: `blk.7.attn_v.weight` is an `attn_v`. */
function kindOf(name: string): string {
  return name.replace(/^blk\.\d+\./, '').replace(/\.weight$/, '');
}

function keep(source: SourceTensor, text: string): PlannedTensor {
  return sized(source, source.format, { kind: 'kept', text });
}

function sized(source: SourceTensor, format: FormatName, reason: PlanReason): PlannedTensor {
  const weights = source.dimensions.reduce((product, length) => product * length, 1);
  const bytes = bytesIn(format, source.dimensions);
  const sourceBytes = bytesIn(source.format, source.dimensions);
  return {
    source,
    format,
    sourceBytes,
    bytes,
    weights,
    bitsPerWeight: bitsPerWeight(bytes, weights),
    reason,
  };
}

function bytesIn(format: FormatName, [columns = 1, ...rest]: readonly number[]): number {
  return rest.reduce((product, length) => product * length, bytesPerRow(formats[format], columns));
}

function totals(tensors: readonly PlannedTensor[]): Plan['totals'] {
  let weights = 0;
  let bytes = 0;
  let sourceBytes = 0;
  for (const tensor of tensors) {
    weights += tensor.weights;
    bytes += tensor.bytes;
    sourceBytes += tensor.sourceBytes;
  }
  return { weights, bytes, sourceBytes, bitsPerWeight: bitsPerWeight(bytes, weights) };
}

/** 0 for no weights at all. */
function bitsPerWeight(bytes: number, weights: number): number {
  return weights === 0 ? 0 : (8 * bytes) / weights;
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
  for (const { source, format, fallbackFrom } of tensors) {
    if (fallbackFrom === undefined) continue;
    throw new RecipeError('fallback', `the type does not divide the rows, ${format} would take its place`, {
      tensor: source.name,
      found: `${fallbackFrom} for rows of ${source.dimensions[0] ?? 1}`,
      allowed: format,
      advice: 'Name a type that divides the rows in a rule, or plan without strict.',
    });
  }
}
