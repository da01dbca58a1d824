import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { GgufFile } from '@halftone/gguf-io';
import { readImportanceMatrix, type ImportanceMatrix } from '@halftone/imatrix';
import {
  parseOverrides,
  type ImportanceProvenance,
  type Provenance,
  type QuantizeOptions,
  type RedoOptions,
} from '@halftone/quantize';
import {
  formatRecipe,
  parseRecipe,
  parseTypeOption,
  withTypeOptions,
  type Ftype,
  type Program,
  type Recipe,
  type TypeOption,
} from '@halftone/recipe-dsl';
import { readInputFile, readInputText } from './input-file';
import { UsageError } from './quantize-words';
import { TOOL } from './version';

/** The options that `plan` and `quantize` share. */
export interface RecipeRequest {
  readonly recipe?: string | undefined;
  readonly customQ: readonly string[];
  readonly imatrix?: string | undefined;
  readonly strict: boolean;
  readonly allowRequantize: boolean;
  readonly types?: Readonly<Partial<Record<TypeOption, string | undefined>>> | undefined;
  readonly mixture?: Program | undefined;
  readonly pure?: boolean | undefined;
  readonly leaveOutputTensor?: boolean | undefined;
  readonly extraOutputTensor?: string | undefined;
  readonly overrideKv?: readonly string[] | undefined;
  readonly ignoreImatrixRules?: boolean | undefined;
}

/** What is asked for, and the words by which the output tells how it came to be. */
export interface PreparedRequest {
  readonly options: QuantizeOptions;
  readonly provenance: Provenance;
}

/**
 * Read the recipe and the importance matrix that a request names.
 *
 * @param redo - where only some tensors of an earlier output are made again.
 */
export async function prepareRequest(
  file: GgufFile,
  ftype: Ftype,
  request: RecipeRequest,
  redo?: RedoOptions,
): Promise<PreparedRequest> {
  const recipe = withTypeOptions(
    await loadRecipe(request),
    request.types ?? {},
    file.tensors.map(({ name }) => name),
  );
  const importance = request.imatrix === undefined ? undefined : await loadImportance(request.imatrix);
  return {
    options: {
      ftype,
      recipe,
      importanceMatrix: importance?.matrix,
      strict: request.strict,
      allowRequantize: request.allowRequantize,
      pure: request.pure,
      leaveOutput: request.leaveOutputTensor,
      extraOutput:
        request.extraOutputTensor === undefined
          ? undefined
          : parseTypeOption(request.extraOutputTensor, 'extra-output-tensor'),
      overrides: parseOverrides(request.overrideKv ?? [], file.metadata),
      ignoreImportanceRules: request.ignoreImatrixRules,
      redo,
    },
    provenance: {
      tool: TOOL,
      mixture: request.mixture,
      recipe: recipe && formatRecipe(recipe),
      importance: importance?.provenance,
    },
  };
}

async function loadRecipe({ recipe, customQ }: RecipeRequest): Promise<Recipe | undefined> {
  if (recipe !== undefined && customQ.length > 0) {
    throw new UsageError('usage', 'the rules are given twice', {
      found: '--recipe and --custom-q',
      allowed: 'one of them',
      advice: 'Put the rules of --custom-q at the head of the recipe: the first rule that matches wins.',
    });
  }
  if (recipe !== undefined) {
    return parseRecipe(await readInputText(recipe, 'the recipe'), recipe);
  }
  return customQ.length === 0 ? undefined : parseRecipe(customQ.join(','), '--custom-q');
}

async function loadImportance(
  path: string,
): Promise<{ matrix: ImportanceMatrix; provenance: ImportanceProvenance }> {
  const bytes = await readInputFile(path, 'the importance matrix');
  const matrix = await readImportanceMatrix(bytes, path);
  return {
    matrix,
    provenance: {
      file: basename(path),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      dataset: matrix.datasets.length === 0 ? undefined : matrix.datasets.join(', '),
      entryCount: matrix.entries.size,
      chunkCount: matrix.chunkCount,
    },
  };
}
