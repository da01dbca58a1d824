import type { GgufMetadata, GgufValue } from '@halftone/gguf-io';

/** How a file came to be, told in its own metadata so that it can be made again. */
export interface Provenance {
  /** Name and version of the program. */
  readonly tool: string;
  /** The program whose mixture was followed; left out where none was named. */
  readonly mixture?: string | undefined;
  /** The rules, one `PATTERN=TYPE` a line; left out where there were none. */
  readonly recipe?: string | undefined;
  /** Left out where there was no importance matrix. */
  readonly importance?: ImportanceProvenance | undefined;
}

/** Which importance matrix was used. */
export interface ImportanceProvenance {
  /** The file's name, without the folders above it: they are nobody's business. */
  readonly file: string;
  /** SHA-256 of the file, in hexadecimal. */
  readonly sha256: string;
  /** Left out where the file does not say. */
  readonly dataset?: string | undefined;
  readonly entryCount: number;
  /** Left out where the file does not say. */
  readonly chunkCount?: number | undefined;
}

/** The version of ggml's block layouts, as `general.quantization_version` tells it. */
const QUANTIZATION_VERSION = 2;

/**
 * The metadata of the quantized file: that of the source in its order, with the file type and the version of the
 * layouts set, what concerns splitting and an earlier quantization taken out, and the provenance added.
 *
 * The keys `quantize.imatrix.*` are the peer's; `quantize.mixture`, `quantize.recipe`, `quantize.tool` and `quantize.imatrix.sha256` are ours.
 *
 * @param fileType - the id of the ftype, as `general.file_type` stores it; `undefined` leaves the source's.
 * @param provenance - left out, nothing is told; `as-in-source`, what the source tells.
 * @param overrides - take the place of what the source tells, or are added behind it.
 */
export function outputMetadata(
  source: GgufMetadata,
  fileType: number | undefined,
  provenance?: Provenance | 'as-in-source',
  overrides: GgufMetadata = new Map(),
): GgufMetadata {
  const isOfSource = provenance === 'as-in-source';
  const kept = [...source].filter(
    ([key]) => !key.startsWith('split.') && (isOfSource || !key.startsWith('quantize.')),
  );
  const metadata = new Map<string, GgufValue>([...kept, ...overrides]);
  if (fileType !== undefined) metadata.set('general.file_type', { type: 'uint32', value: fileType });
  metadata.set('general.quantization_version', { type: 'uint32', value: QUANTIZATION_VERSION });
  if (provenance !== undefined && !isOfSource) addProvenance(metadata, provenance);
  return metadata;
}

function addProvenance(
  metadata: Map<string, GgufValue>,
  { tool, mixture, recipe, importance }: Provenance,
): void {
  metadata.set('quantize.tool', { type: 'string', value: tool });
  if (mixture !== undefined) metadata.set('quantize.mixture', { type: 'string', value: mixture });
  if (recipe !== undefined) metadata.set('quantize.recipe', { type: 'string', value: recipe });
  if (importance !== undefined) addImportance(metadata, importance);
}

function addImportance(metadata: Map<string, GgufValue>, importance: ImportanceProvenance): void {
  const { file, sha256, dataset, entryCount, chunkCount } = importance;
  metadata.set('quantize.imatrix.file', { type: 'string', value: file });
  if (dataset !== undefined) metadata.set('quantize.imatrix.dataset', { type: 'string', value: dataset });
  metadata.set('quantize.imatrix.entries_count', { type: 'int32', value: entryCount });
  if (chunkCount !== undefined)
    metadata.set('quantize.imatrix.chunks_count', { type: 'int32', value: chunkCount });
  metadata.set('quantize.imatrix.sha256', { type: 'string', value: sha256 });
}
