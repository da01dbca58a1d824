import type { GgufFile } from '@halftone/gguf-io';
import { metadataNumber } from '@halftone/gguf-io';
import { matchImportance, type ImportanceMatch, type ImportanceMatrix } from '@halftone/imatrix';
import { planQuantization, type Ftype, type Plan, type Recipe } from '@halftone/recipe-dsl';
import { QuantizeError } from './error';
import { modelShape } from './model-shape';

/** What the user asked for. */
export interface Wish {
  readonly ftype: Ftype;
  readonly recipe: Recipe | undefined;
  readonly importanceMatrix: ImportanceMatrix | undefined;
  /** Unused rules, types that had to give way and missing importance are errors. */
  readonly strict: boolean;
  /** Accept tensors that are quantized already. */
  readonly allowRequantize: boolean;
}

/** What will be done: every tensor's type, and the importance of its columns. */
export interface Prepared {
  readonly source: GgufFile;
  readonly wish: Wish;
  readonly plan: Plan;
  /** `undefined` where there is no importance matrix. */
  readonly importance: ImportanceMatch | undefined;
}

/**
 * Decide everything before any work starts, from the header of the source alone.
 *
 * @throws {@link QuantizeError} `split-model`, `missing-metadata`, or in a strict preparation `missing-importance`; the
 * errors of `planQuantization` and `matchImportance`.
 */
export function prepare(source: GgufFile, wish: Wish): Prepared {
  refuseSplit(source);
  const { recipe, ftype, importanceMatrix, strict, allowRequantize } = wish;
  const plan = planQuantization({
    tensors: source.tensors,
    model: modelShape(source),
    recipe,
    ftype,
    hasImportance: importanceMatrix !== undefined,
    strict,
    allowRequantize,
  });
  const importance =
    importanceMatrix &&
    matchImportance(
      importanceMatrix,
      plan.tensors.map(({ source: { name, dimensions }, reason }) => ({
        name,
        dimensions,
        quantized: reason.kind !== 'kept',
      })),
    );
  if (strict && importance !== undefined) refuseMissing(importance, wish);
  return { source, wish, plan, importance };
}

function refuseSplit({ metadata, source }: GgufFile): void {
  const count = metadataNumber(metadata, 'split.count') ?? 1;
  if (count <= 1) return;
  throw new QuantizeError('split-model', 'the model is split over several files', {
    file: source.name,
    found: `${count} files`,
    allowed: 'a model in one file',
    advice: 'Merge it first: llama-gguf-split --merge FIRST-FILE WHOLE-FILE.',
  });
}

/** The token embedding and the output are left out by most importance matrices: that is expected, even in a strict run. */
function refuseMissing({ missing }: ImportanceMatch, { importanceMatrix }: Wish): void {
  const unexpected = missing.filter(({ expected }) => !expected);
  const [first] = unexpected;
  if (first === undefined) return;
  throw new QuantizeError('missing-importance', `no importance for ${unexpected.length} tensors`, {
    file: importanceMatrix?.source,
    tensor: first.tensor,
    found: first.why,
    advice: 'Make an importance matrix with this model, or leave out --strict.',
  });
}
