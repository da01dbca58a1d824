import { encodeGgufHeader, type GgufFile, type GgufTensor } from '@halftone/gguf-io';
import type { FormatName } from '@halftone/quant-formats';
import type { NameTest, Plan, PlannedTensor, TypeName } from '@halftone/recipe-dsl';
import { tensorMismatch } from './compare/same-tensors';
import { QuantizeError } from './error';
import { outputMetadata } from './output-metadata';

/** Which tensors of an existing output are made again. */
export interface RedoOptions {
  /** The output of an earlier run, by whatever recipe. `quantizeToFile` closes it before a new file takes its place. */
  readonly file: GgufFile;
  /** A tensor is made again when one of these matches its name. */
  readonly only: readonly NameTest[];
}

/** Tensors whose bytes are taken from an earlier output. */
export interface KeptTensors {
  readonly file: GgufFile;
  /** By name. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Those that would get another type now. */
  readonly otherTypes: readonly {
    readonly tensor: string;
    readonly kept: FormatName;
    readonly planned: TypeName;
  }[];
}

/**
 * Replace the plan of all tensors that are not made again: they stay as they are in the earlier output.
 *
 * @throws {@link QuantizeError} `other-model` when that file does not have the tensors and the metadata of the source, `no-match` when no tensor
 * would be made again, and, when it is strict, `other-types` when a tensor that is kept would get another type now.
 */
export function keepTensors(
  plan: Plan,
  source: GgufFile,
  { file, only }: RedoOptions,
  strict: boolean,
): { plan: Plan; kept: KeptTensors } {
  refuseOtherTensors(source, file);
  refuseOtherMetadata(source, file);
  const all = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  const tensors = new Map([...all].filter(([name]) => !only.some((matches) => matches(name))));
  if (tensors.size === all.size) throw noMatch(file);
  const planned = plan.tensors.map((one) => {
    const tensor = tensors.get(one.source.name);
    return tensor === undefined ? one : keptTensor(one, tensor);
  });
  const otherTypes = plan.tensors.flatMap(({ source: { name }, format }) => {
    const kept = tensors.get(name)?.format;
    return kept === undefined || kept === format ? [] : [{ tensor: name, kept, planned: format }];
  });
  if (strict) refuseOtherTypes(file, otherTypes);
  return {
    plan: { ...plan, tensors: planned, totals: totals(plan, planned) },
    kept: { file, tensors, otherTypes },
  };
}

function keptTensor(
  { weights }: PlannedTensor,
  { name, dimensions, format, byteLength }: GgufTensor,
): PlannedTensor {
  return {
    source: { name, dimensions, format },
    format,
    sourceBytes: byteLength,
    bytes: byteLength,
    weights,
    bitsPerWeight: bitsPerWeight(byteLength, weights),
    reason: { kind: 'kept', text: 'as it is in the output' },
  };
}

/** `sourceBytes` stays that of the source model, which the whole is smaller than. */
function totals(
  { totals: { weights, sourceBytes } }: Plan,
  planned: readonly PlannedTensor[],
): Plan['totals'] {
  const bytes = planned.reduce((sum, tensor) => sum + tensor.bytes, 0);
  return { weights, sourceBytes, bytes, bitsPerWeight: bitsPerWeight(bytes, weights) };
}

/** 0 for no weights at all. */
function bitsPerWeight(bytes: number, weights: number): number {
  return weights === 0 ? 0 : (8 * bytes) / weights;
}

function refuseOtherTensors(source: GgufFile, file: GgufFile): void {
  const mismatch = tensorMismatch(source, file);
  if (mismatch !== undefined) throw otherModel(file, mismatch.tensor, mismatch.found, mismatch.allowed);
}

/** A fine-tuned model has the tensors of its base; its metadata tell them apart more often than not. */
function refuseOtherMetadata(source: GgufFile, file: GgufFile): void {
  if (Buffer.compare(metadataBytes(source), metadataBytes(file)) === 0) return;
  throw otherModel(
    file,
    undefined,
    'other metadata',
    'the metadata of the source, but for what quantizing sets',
  );
}

/** The metadata that quantizing takes over from the source. */
function metadataBytes({ metadata }: GgufFile): Uint8Array {
  const own = new Map(outputMetadata(metadata, undefined));
  own.delete('general.file_type');
  own.delete('general.quantization_version');
  return encodeGgufHeader({ version: 3, metadata: own, tensors: [] });
}

function refuseOtherTypes({ source }: GgufFile, [first, ...more]: KeptTensors['otherTypes']): void {
  if (first === undefined) return;
  throw new QuantizeError('other-types', 'a tensor that is kept would get another type now', {
    file: source.name,
    tensor: first.tensor,
    found: more.length === 0 ? first.kept : `${first.kept}, and ${more.length} more tensors`,
    allowed: first.planned,
    advice: 'Name it in --only too, change the recipe, or leave out --strict.',
  });
}

/** The error for an earlier output that was not made of this source. */
export function otherModel(
  { source }: GgufFile,
  tensor: string | undefined,
  found: string,
  allowed: string,
): QuantizeError {
  return new QuantizeError('other-model', 'the output that tensors are kept of was made of another model', {
    file: source.name,
    tensor,
    found,
    allowed,
    advice: 'Give the model that it was made of, or make all of it again without --only.',
  });
}

function noMatch({ source, tensors }: GgufFile): QuantizeError {
  return new QuantizeError('no-match', 'no tensor has a name that matches --only', {
    file: source.name,
    allowed: `a pattern of names such as ${tensors[0]?.name ?? 'none'}`,
    advice: 'See the names with halftone inspect.',
  });
}
