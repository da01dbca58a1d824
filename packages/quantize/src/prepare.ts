import { metadataNumber, type GgufFile, type GgufMetadata } from '@halftone/gguf-io';
import {
  matchImportance,
  type ImportanceMatch,
  type ImportanceMatrix,
  type MatchTensor,
} from '@halftone/imatrix';
import {
  isEncoded,
  planQuantization,
  planRepacking,
  repackedFtype,
  requireWritable,
  typeFacts,
  type Ftype,
  type Plan,
  type PlannedTensor,
  type Recipe,
  type RepackingOptions,
  type TypeName,
} from '@halftone/recipe-dsl';
import { QuantizeError } from './error';
import { keepTensors, type KeptTensors, type RedoOptions } from './keep-tensors';
import { modelShape } from './model-shape';
import { rowTooLongError } from './refusal';
import { isDivisible, MAX_ROW_WEIGHTS } from './row-window';

/** What the user asks for. */
export interface QuantizeOptions {
  readonly ftype: Ftype;
  readonly recipe?: Recipe | undefined;
  readonly importanceMatrix?: ImportanceMatrix | undefined;
  /** Unused rules, types that had to give way and missing importance are errors. Default: they are reported. */
  readonly strict?: boolean | undefined;
  /** Every tensor without a rule gets the main type of the file type. */
  readonly pure?: boolean | undefined;
  /** Keep `output.weight` as it is. */
  readonly leaveOutput?: boolean | undefined;
  /** Encode without importance what is of no use without it, all columns alike. Default: an error. */
  readonly ignoreImportanceRules?: boolean | undefined;
  /** Accept tensors that are quantized already. Default: an error. */
  readonly allowRequantize?: boolean | undefined;
  /** Write the output matrix a second time, as `output_extra.weight` of this type. */
  readonly extraOutput?: TypeName | undefined;
  /** Metadata that take the place of those of the source, or are added. See `parseOverrides`. */
  readonly overrides?: GgufMetadata | undefined;
  /** Make some tensors of an earlier output again and keep the others. Default: all are made. */
  readonly redo?: RedoOptions | undefined;
}

/** What would be done: every tensor's type, and the importance of its columns. */
export interface Preview {
  readonly source: GgufFile;
  readonly options: QuantizeOptions;
  /** It may name types that are read and not written. */
  readonly plan: Plan;
  /** Tensors whose type is of no use without importance, and that have none; empty where `ignoreImportanceRules` is set. */
  readonly missingRequired: readonly PlannedTensor[];
  /** Left out where there is no importance matrix. Tensors whose new type has no use for importance have none. */
  readonly importance?: ImportanceMatch;
  /** Left out where all tensors are made. */
  readonly kept?: KeptTensors;
}

/** What will be done: every tensor can be written, and there is importance where it is required. */
export interface Prepared extends Preview {
  readonly plan: Plan;
}

/**
 * Decide everything before any work starts, from the header of the source alone.
 *
 * @throws {@link QuantizeError} `missing-importance`; the errors of {@link preview} and of `requireWritable`.
 */
export function prepare(source: GgufFile, options: QuantizeOptions): Prepared {
  const previewed = preview(source, options);
  refuseMissingRequired(previewed);
  return { ...previewed, plan: requireWritable(previewed.plan) };
}

/**
 * Decide which tensors are repacked or unpacked, from the header of the source alone. What its metadata tell of how its weights came to be
 * stays true: give `as-in-source` as the provenance.
 *
 * @throws {@link QuantizeError} `split-model`, `row-too-long`; `RecipeError` `nothing-to-repack`, and the error of `requireWritable`.
 */
export function prepareRepacking(
  source: GgufFile,
  { repacking, only }: Pick<RepackingOptions, 'repacking' | 'only'>,
): Prepared {
  refuseSplit(source);
  const plan = planRepacking({ tensors: source.tensors, repacking, only });
  refuseLongRows(plan, source);
  const ftype = repackedFtype(metadataNumber(source.metadata, 'general.file_type'), repacking);
  return { source, options: { ftype }, plan: requireWritable(plan), missingRequired: [] };
}

/**
 * Tell what would be done, from the header of the source alone.
 *
 * @throws {@link QuantizeError} `split-model`, `row-too-long`, in a strict preparation `missing-importance`, and those of {@link keepTensors}; the
 * errors of `planQuantization` and `matchImportance`.
 */
export function preview(source: GgufFile, options: QuantizeOptions): Preview {
  refuseSplit(source);
  if (options.redo !== undefined) refuseSplit(options.redo.file);
  const { recipe, ftype, importanceMatrix, strict = false, allowRequantize = false, redo } = options;
  const wholePlan = planQuantization({
    tensors: source.tensors,
    model: modelShape(source),
    recipe,
    ftype,
    hasImportance: importanceMatrix !== undefined,
    strict,
    allowRequantize,
    pure: options.pure,
    leaveOutput: options.leaveOutput,
    extraOutput: options.extraOutput,
  });
  const { plan, kept } =
    redo === undefined ? { plan: wholePlan } : keepTensors(wholePlan, source, redo, strict);
  refuseLongRows(plan, source);
  const importance = importanceMatrix && matchImportance(importanceMatrix, matchTensors(plan));
  if (strict) {
    if (importance === undefined) refuseNoMatrix(plan, source);
    else refuseMissing(importance, options);
  }
  const missingRequired =
    options.ignoreImportanceRules === true
      ? []
      : plan.tensors.filter((planned) => lacksRequired(planned, importance));
  return { source, options, plan, missingRequired, ...(importance && { importance }), ...(kept && { kept }) };
}

/**
 * As the importance matrix knows tensors: one that is kept, or rounded without looking at importance, needs none. A tensor that is
 * written twice has one name there.
 */
function matchTensors({ tensors }: Plan): MatchTensor[] {
  const encoded = new Set(tensors.filter(usesImportance).map(({ source, copyOf }) => copyOf ?? source.name));
  return tensors
    .filter(({ copyOf }) => copyOf === undefined)
    .map(({ source: { name, dimensions } }) => ({ name, dimensions, quantized: encoded.has(name) }));
}

function refuseSplit({ metadata, source }: GgufFile): void {
  const count = metadataNumber(metadata, 'split.count') ?? 1;
  if (count <= 1) return;
  throw new QuantizeError('split-model', 'the model is split over several files', {
    file: source.name,
    found: `${count} files`,
    allowed: 'a model in one file',
    advice: 'Open it by the path of its first file, with all others beside it.',
  });
}

function refuseLongRows({ tensors }: Plan, { source }: GgufFile): void {
  for (const planned of tensors) {
    const [columns = 1] = planned.source.dimensions;
    if (columns <= MAX_ROW_WEIGHTS || isDivisible(planned)) continue;
    throw rowTooLongError(planned.source.name, columns, source.name);
  }
}

/** Most importance matrices leave these out; llama-quantize then goes on without. */
const LEFT_OUT_BY_CALIBRATION = new Set(['token_embd.weight', 'output.weight']);

/** Some types are of no use without importance. */
function lacksRequired(planned: PlannedTensor, match: ImportanceMatch | undefined): boolean {
  const { source, format, copyOf: name = source.name } = planned;
  return (
    isEncoded(planned) &&
    !LEFT_OUT_BY_CALIBRATION.has(name) &&
    typeFacts(format).importance === 'required' &&
    match?.byTensor.has(name) !== true
  );
}

/** Whether the preparation is strict or not. */
function refuseMissingRequired({ missingRequired: missing, options: { importanceMatrix } }: Preview): void {
  const [first] = missing;
  if (first === undefined) return;
  throw new QuantizeError('missing-importance', `${first.format} cannot be encoded without importance`, {
    file: importanceMatrix?.source,
    tensor: first.source.name,
    found: named(missing.map(({ source }) => source.name)),
    advice:
      'Give an importance matrix that covers them with --imatrix FILE, name another type, or encode them without importance with --ignore-imatrix-rules.',
  });
}

/** Whether the type of a tensor looks at importance when it is encoded. */
export function usesImportance(planned: PlannedTensor): boolean {
  return isEncoded(planned) && typeFacts(planned.format).importance !== 'ignored';
}

function refuseNoMatrix({ tensors }: Plan, { source }: GgufFile): void {
  const first = tensors.find(usesImportance);
  if (first === undefined) return;
  throw new QuantizeError('missing-importance', 'there is no importance matrix', {
    file: source.name,
    tensor: first.source.name,
    advice: `${first.format} is better with one: give one, or leave out --strict.`,
  });
}

/** The token embedding and the output are left out by most importance matrices: that is expected, even in a strict run. */
function refuseMissing({ missing }: ImportanceMatch, { importanceMatrix }: QuantizeOptions): void {
  const unexpected = missing.filter(({ expected }) => !expected);
  const [first] = unexpected;
  if (first === undefined) return;
  throw new QuantizeError('missing-importance', `no importance: ${first.why}`, {
    file: importanceMatrix?.source,
    tensor: first.tensor,
    found: named(unexpected.map(({ tensor }) => tensor)),
    advice: 'Make an importance matrix with this model, or leave out --strict.',
  });
}

/** Kinds of names shown of a longer list: a model has fewer, a hostile file may not. */
const SHOWN_KINDS = 32;

/** `9 tensors without importance: 8 blk.N.attn_q.weight, output.weight`: names that differ in the number of their layer are told together. */
function named(names: readonly string[]): string {
  const byKind = new Map<string, string[]>();
  for (const name of names) {
    const kind = name.replace(/^blk\.\d+\./, 'blk.N.');
    const others = byKind.get(kind);
    if (others === undefined) byKind.set(kind, [name]);
    else others.push(name);
  }
  const kinds = [...byKind].map(([kind, alike]) =>
    alike.length === 1 ? alike.join() : `${alike.length} ${kind}`,
  );
  const shown = kinds.slice(0, SHOWN_KINDS).join(', ');
  const more = kinds.length > SHOWN_KINDS ? ', …' : '';
  return `${names.length} ${names.length === 1 ? 'tensor' : 'tensors'} without importance: ${shown}${more}`;
}
