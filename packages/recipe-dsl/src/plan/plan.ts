import { bytesPerRow, formats, type FormatName } from '@halftone/quant-formats';
import { RecipeError } from '../errors';
import { parseFtype, type Ftype } from '../ftypes';
import type { ModelShape, Plan, PlannedTensor, PlanReason, Recipe, Rule, SourceTensor } from '../types';
import { isWritable, writableNames } from '../writable';
import { whyNeverQuantized } from './candidates';
import { MixtureDefaults, type DefaultType } from './default-type';
import { formatForRow } from './fallback';
import { RuleBook } from './rule-book';

/** What a plan is made from. */
export interface PlanOptions {
  /** All tensors of the model, in the order of the file. */
  readonly tensors: readonly SourceTensor[];
  readonly model: ModelShape;
  /** The types of the tensors that no rule names: a name such as `IQ4_KSS`, or what `parseFtype` returned. */
  readonly ftype: Ftype | string;
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
  readonly format: FormatName;
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
  const { tensors, recipe, strict = false } = options;
  const ftype = typeof options.ftype === 'string' ? parseFtype(options.ftype) : options.ftype;
  const book = new RuleBook(recipe);
  const defaultOf = defaults(ftype, options);
  const planned = tensors.map((tensor) => {
    const kept = whyKept(tensor, ftype);
    if (kept !== undefined) return keep(tensor, kept);
    const byDefault = defaultOf(tensor);
    const rule = book.ruleFor(tensor.name);
    const wanted = rule === undefined ? writable(byDefault, tensor, ftype) : byRule(rule);
    return planTensor(tensor, wanted, options);
  });
  const plan = { tensors: planned, unusedRules: book.unused(tensors), totals: totals(planned) };
  if (strict) checkStrictly(plan, recipe);
  return plan;
}

/** Only a quantized file type has a mixture; a plain one is the same for all tensors. COPY is never asked. */
function defaults(
  ftype: Ftype,
  { tensors, model, hasImportance }: PlanOptions,
): (tensor: SourceTensor) => DefaultType {
  const main = ftype.mainFormat;
  if (main === undefined || formats[main].family === 'float') {
    return ({ format }) => ({ type: main ?? format, text: `default of ${ftype.name}` });
  }
  const hasOutput = tensors.some(({ name }) => name === 'output.weight');
  const mixture = new MixtureDefaults({ ftype, main, model, hasOutput, hasImportance });
  return (tensor) => mixture.next(tensor);
}

function whyKept(tensor: SourceTensor, { name, mainFormat }: Ftype): string | undefined {
  return mainFormat === undefined ? `${name} keeps every tensor` : whyNeverQuantized(tensor);
}

function byRule(rule: Rule): Wanted {
  return { format: rule.format, reason: { kind: 'rule', rule } };
}

function writable({ type, text }: DefaultType, { name }: SourceTensor, ftype: Ftype): Wanted {
  if (isWritable(type)) return { format: type, reason: { kind: 'default', text } };
  const what = `the default type for ftype ${ftype.name} is ${type}, which this version cannot write`;
  throw new RecipeError('unwritable-type', what, {
    tensor: name,
    found: type,
    allowed: writableNames.join(', '),
    advice: 'Name the tensor in a rule of the recipe.',
  });
}

function planTensor(
  source: SourceTensor,
  wanted: Wanted,
  { allowRequantize = false }: PlanOptions,
): PlannedTensor {
  const format = formatForRow(wanted.format, source.dimensions[0] ?? 1);
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
  return format === wanted.format ? tensor : { ...tensor, fallbackFrom: wanted.format };
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
    throw new RecipeError('unused-rules', `${String(unusedRules.length)} of the rules decide nothing`, {
      file: recipe?.source,
      line: unused.line,
      found: `${unused.pattern}: ${unused.why}`,
      advice: 'Correct the pattern, remove the rule, or plan without strict.',
    });
  }
  const fallback = tensors.find(({ fallbackFrom }) => fallbackFrom !== undefined);
  if (fallback === undefined) return;
  throw new RecipeError(
    'fallback',
    `the type does not divide the rows, ${fallback.format} would take its place`,
    {
      tensor: fallback.source.name,
      found: `${String(fallback.fallbackFrom)} for rows of ${String(fallback.source.dimensions[0])}`,
      allowed: fallback.format,
      advice: 'Name a type that divides the rows in a rule, or plan without strict.',
    },
  );
}
